"""A site's thresholds and rules: what a change would have meant is shown before it is saved."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.clock import parse_id
from moderation.duties import hosting, previewing
from moderation.duties.hosting import SWITCHES, THRESHOLDS
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.judging.capabilities import Action, permit
from moderation.runtime import Db
from moderation.vocabulary import RuleKind, Verdict
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.deps import ReadDb
from moderation.web.forms import Form

router = APIRouter(include_in_schema=False)
_LONGEST: Final = 32
_FIRST_RULE: Final[Mapping[str, str]] = {"verdict": Verdict.HOLD, "kind": RuleKind.WORD, "pattern": ""}
KIND_WORDS: Final[Mapping[RuleKind, str]] = {
    RuleKind.WORD: "the comment contains",
    RuleKind.LINKS_OVER: "it has more links than",
    RuleKind.AUTHOR: "the author's name or address contains",
    RuleKind.LINK: "a link contains",
    RuleKind.PATTERN: "the comment matches the pattern (RE2)",
}


def _asked(request: Request) -> dict[str, str]:
    given = request.query_params
    return {name: given[name].strip()[:_LONGEST] for name in (*THRESHOLDS, *SWITCHES) if given.get(name, "").strip()}


@router.get("/console/sites/{site_id}/thresholds")
def thresholds(
    here: HereDep, db: ReadDb, asked: Annotated[dict[str, str], Depends(_asked)], done: Annotated[str, Query()] = ""
) -> Response:
    """Returns the thresholds with what they, or the ones asked about, mean for the site's own recent comments."""
    permit(here.roles, Action.READ)
    return _thresholds(db, here, asked, done=done)


@router.post("/console/sites/{site_id}/thresholds", dependencies=[OwnForm])
def save_thresholds(here: HereDep, form: Form) -> Response:
    """Saves thresholds and switches, all or none."""
    permit(here.roles, Action.RULES)
    given = {name: form.get(name).strip()[:_LONGEST] for name in (*THRESHOLDS, "answer_within_hours")}
    changes = {name: text for name, text in given.items() if text}
    changes |= {name: "true" if form.has(name) else "false" for name in SWITCHES}
    try:
        with here.doors.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=here.site.id, changes=changes, now=clock.now(), by=here.roles)
    except ModerationError as error:
        with here.doors.runtime.database.snapshot() as db:
            return _thresholds(db, here, {}, typed=changes, problem=error)
    return RedirectResponse(f"{here.path}/thresholds?done=saved", problems.SEE_OTHER)


@router.get("/console/sites/{site_id}/rules")
def rules(here: HereDep, db: ReadDb, done: Annotated[str, Query()] = "") -> Response:
    """Returns the site's rules in prose."""
    permit(here.roles, Action.READ)
    return _rules(db, here, done=done)


@router.post("/console/sites/{site_id}/rules", dependencies=[OwnForm])
def change_rules(here: HereDep, form: Form) -> Response:
    """Adds a rule, or ends one."""
    permit(here.roles, Action.RULES)
    gone = parse_id(form.get("remove"))
    try:
        with here.doors.runtime.database.transaction() as db:
            if form.get("remove"):
                _end(db, here, gone)
            else:
                _add(db, here, form.get("kind"), form.get("pattern").strip(), form.get("verdict"))
    except ModerationError as error:
        with here.doors.runtime.database.snapshot() as db:
            return _rules(
                db, here, problem=error, written={name: form.get(name) for name in _FIRST_RULE if form.get(name)}
            )
    done = "removed" if form.get("remove") else "added"
    return RedirectResponse(f"{here.path}/rules?done={done}", problems.SEE_OTHER)


def _end(db: Db, here: Here, rule_id: Any) -> None:  # noqa: ANN401 - an id or None
    if rule_id is None:
        raise NotFound("This site has no such rule.", code="rule.not_found")
    hosting.remove_rule(db, site_id=here.site.id, rule_id=rule_id, now=clock.now(), by=here.roles)


def _add(db: Db, here: Here, kind: str, pattern: str, verdict: str) -> None:
    if kind not in set(RuleKind) or verdict not in set(Verdict):
        raise Invalid("Choose a verdict, and when it applies.", code="rule.invalid")
    hosting.add_rule(
        db,
        site_id=here.site.id,
        kind=RuleKind(kind),
        pattern=pattern,
        verdict=Verdict(verdict),
        now=clock.now(),
        by=here.roles,
    )


def _thresholds(
    db: Db,
    here: Here,
    asked: Mapping[str, str],
    *,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    problem: ModerationError | None = None,
) -> Response:
    seal, site_id = here.doors.runtime.settings.seal, here.site.id
    policy, current = hosting.preview_policy(db, site_id=site_id, changes={}, by=here.roles)
    wanted = current
    try:
        policy, wanted = hosting.preview_policy(db, site_id=site_id, changes=asked, by=here.roles)
    except ModerationError as error:
        problem = error
    seen = previewing.preview(db, seal=seal, site_id=site_id, current=current, wanted=wanted)
    context = {
        "part": "thresholds",
        "policy": policy,
        "current": current,
        "seen": seen,
        "bars": _bars(seen.histogram),
        "shown": previewing.SHOWN,
        "is_preview": bool(asked) and problem is None,
        "typed": typed or asked,  # what was refused stays in the form, to be mended
        "ticked": [name for name in SWITCHES if (typed[name] == "true" if typed else getattr(current, name))],
        "problem": problem.message if problem else "",
    }
    return shell.page("thresholds.html", shell.at_site(db, here, done, **context), refusal=problem)


def _bars(histogram: tuple[int, ...]) -> list[dict[str, float]]:
    """The histogram as heights in percent of the highest; a bar that is not empty can always be seen."""
    highest = max(histogram, default=0) or 1
    width = 100 / len(histogram)
    return [
        {"x": index * width, "width": width, "height": max(count / highest * 100, 2 if count else 0), "count": count}
        for index, count in enumerate(histogram)
    ]


def _rules(
    db: Db,
    here: Here,
    *,
    done: str = "",
    problem: ModerationError | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    context = {
        "part": "rules",
        "rules": hosting.list_rules(db, site_id=here.site.id, by=here.roles),
        "kinds": KIND_WORDS,
        "verdicts": tuple(Verdict),
        "problem": problem.message if problem else "",
        "written": {**_FIRST_RULE, **(written or {})},  # what was refused stays in the form, to be mended
    }
    return shell.page("rules.html", shell.at_site(db, here, done, **context), refusal=problem)
