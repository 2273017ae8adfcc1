"""The Akismet dialect: a small application of its own in front of the native one (akismet.md)."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from moderation import clock, telemetry
from moderation.errors import Invalid, ModerationError, TooLarge, TooMany, Unavailable
from moderation.web.akismet import accounts, answers, checks
from moderation.web.akismet.answers import Answer
from moderation.web.akismet.fields import split_path
from moderation.web.akismet.requests import Call, read_call

VERSIONS = frozenset({"1.1", "1.2"})
VERBS: dict[str, Callable[[Call], Awaitable[Answer]]] = {
    "comment-check": checks.comment_check,
    "submit-spam": checks.submit_spam,
    "submit-ham": checks.submit_ham,
    "verify-key": accounts.verify_key,
    "key-sites": accounts.key_sites,
    "usage-limit": accounts.usage_limit,
    "get-subscription": accounts.get_subscription,
    "get-stats": accounts.get_stats,
    "get-key-stats": accounts.get_stats,
    "token": accounts.token,
    "deactivate": accounts.deactivate,
    "verify-wpcom-key": accounts.verify_wpcom_key,
    "test": accounts.test,
    "compatible-plugins": accounts.compatible_plugins,
}


class Door:
    """Answers `/1.1/…` and `/1.2/…` itself, in whatever form the address comes, and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        parts = list(split_path(scope["path"])) if scope["type"] == "http" else []
        if not parts or parts[0] not in VERSIONS:
            await self._app(scope, receive, send)
            return
        verb = VERBS.get("/".join(parts[1:]))
        try:
            answer = await _answered(verb, scope, receive) if verb else answers.unknown_verb(", ".join(VERBS))
        except ClientDisconnect:
            telemetry.log("client.gone", level="debug")
        else:
            await answer.send(send)


async def _answered(verb: Callable[[Call], Awaitable[Answer]], scope: Scope, receive: Receive) -> Answer:
    """Never fails open and never answers 4xx or 5xx, on which clients pass the comment or lose it (akismet.md 5.4)."""
    started = clock.stopwatch()
    try:
        return await verb(await read_call(scope, receive, scope["app"].state.doors))
    except TooLarge as error:
        return _failed("Request too large.", error)
    except ClientDisconnect:
        raise
    except (Unavailable, TooMany, Invalid) as error:
        return _failed(answers.UNAVAILABLE, error)
    except Exception as error:  # noqa: BLE001 - the last resort of a door that must hold whatever it cannot judge
        telemetry.log_failure("akismet", error)
        return answers.refusal(answers.UNAVAILABLE, "Internal error")
    finally:
        telemetry.answered("akismet", clock.stopwatch() - started)


def _failed(text: str, error: ModerationError) -> Answer:
    telemetry.REFUSALS.labels(error.code).inc()
    return answers.refusal(text, error.message)
