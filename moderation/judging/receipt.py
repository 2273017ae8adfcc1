"""A receipt's token as people paste it, its comment's history in readers' words, and from when; it opens nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.judging.statement import Made
from moderation.vocabulary import Actor, Band, Verdict

LOCATOR_LENGTH: Final = 12
SECRET_LENGTH: Final = 26
LONGEST_PASTE: Final = 2_048
VERDICT_PAST: Final = {Verdict.PUBLISH: "published", Verdict.HOLD: "held", Verdict.REMOVE: "refused"}
DECIDED: Final = {
    (Actor.POLICY, Verdict.PUBLISH): "A program published it.",
    (Actor.POLICY, Verdict.HOLD): "A program held it.",
    (Actor.POLICY, Verdict.REMOVE): "A program refused it.",
    (Actor.MODERATOR, Verdict.PUBLISH): "A person published it.",
    (Actor.MODERATOR, Verdict.HOLD): "A person held it.",
    (Actor.MODERATOR, Verdict.REMOVE): "A person refused it.",
    (Actor.APPEAL, Verdict.PUBLISH): "A person who looked again published it.",
    (Actor.APPEAL, Verdict.HOLD): "A person who looked again held it.",
    (Actor.APPEAL, Verdict.REMOVE): "A person who looked again refused it.",
    (Actor.BLOG, Verdict.PUBLISH): "The website published it.",
    (Actor.BLOG, Verdict.HOLD): "The website held it.",
    (Actor.BLOG, Verdict.REMOVE): "The website refused it.",
    (Actor.AUTHOR, Verdict.PUBLISH): "The writer published it.",
    (Actor.AUTHOR, Verdict.HOLD): "The writer held it.",
    (Actor.AUTHOR, Verdict.REMOVE): "The writer refused it.",
}
LOOKED: Final = {
    Band.LIKELY_FINE: "It looked likely fine.",
    Band.UNSURE: "The program was unsure.",
    Band.LIKELY_SPAM: "It looked likely spam.",
}
BAND_WORDS: Final = {Band.LIKELY_FINE: "likely fine", Band.UNSURE: "unsure", Band.LIKELY_SPAM: "likely spam"}
_ALPHABET: Final = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD: Final = str.maketrans("OIL", "011")


def token_in(pasted: str) -> tuple[str, str]:
    """Returns locator and secret from what a person pasted, or two empty texts where there is no whole token.

    Takes the token or the receipt's whole address, in capitals or not, in groups parted by spaces or hyphens; letters
    that Crockford's alphabet leaves out are read as the digits they are mistaken for.
    """
    left, dot, right = pasted[:LONGEST_PASTE].rpartition("#")[2].partition(".")
    locator, secret = _symbols(left), _symbols(right)
    if not dot:
        locator, secret = locator[:LOCATOR_LENGTH], locator[LOCATOR_LENGTH:]
    whole = len(locator) == LOCATOR_LENGTH and len(secret) == SECRET_LENGTH
    return (locator, secret) if whole and _ALPHABET.issuperset(locator + secret) else ("", "")


def link_in(pasted: str) -> str:
    """Returns the secret of a mailed link from what a person pasted, alone or in its address, or ""."""
    secret = _symbols(pasted[:LONGEST_PASTE].rpartition("#")[2])
    return secret if len(secret) == SECRET_LENGTH and _ALPHABET.issuperset(secret) else ""


def _symbols(part: str) -> str:
    return "".join(part.replace("-", "").split()).upper().translate(_MISREAD)


def told_from(history: Iterable[Made], *, delay: timedelta, share: float, now: datetime) -> dict[Id, datetime]:
    """Returns the program's decisions of which not all is told yet, each with the moment from which it is.

    Whoever tries words out would else see at once what the program thinks of them. What a person decided is no answer
    of the program, and is told at once.

    Args:
        history: the decisions of a comment.
        delay: how long the program's reasons are kept back at the least.
        share: from 0 to 1, how much of the jitter, half of the delay, this comment has on top.
        now: the present moment.
    """
    whole = delay + delay / 2 * share
    early = {made.id: made.decided_at + whole for made in history if made.decision.actor is Actor.POLICY}
    return {id_: at for id_, at in early.items() if at > now}
