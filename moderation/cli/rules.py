"""`candor rule …`: a site's own deterministic conditions; it does not know how they match."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from moderation.cli.speaking import Json, SiteName, lines, opened_store, result
from moderation.errors import Invalid
from moderation.vocabulary import RuleKind, Verdict

if TYPE_CHECKING:
    from moderation.judging.rules import Rule

rule = typer.Typer(help="Adds, lists and removes a site's own rules.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.add_typer(rule, name="rule")


@rule.command("add")
def add(
    name: SiteName,
    *,
    kind: Annotated[RuleKind, typer.Option(help="What the rule looks at.")],
    pattern: Annotated[str, typer.Option(help="What it looks for; links_over takes a number, pattern an RE2 pattern.")],
    verdict: Annotated[Verdict, typer.Option(help="What it asks for.")] = Verdict.HOLD,
    as_json: Json = False,
) -> None:
    """Add a rule to a site; it applies from the next comment on."""
    from moderation import clock
    from moderation.duties import hosting

    with opened_store() as (_, database), database.transaction() as db:
        found = hosting.find_site(db, name)
        new = hosting.add_rule(db, site_id=found.id, kind=kind, pattern=pattern, verdict=verdict, now=clock.now())
    shown = _shown(new)
    result(shown, lines(shown), as_json=as_json)


@rule.command("list")
def list_(name: SiteName, *, as_json: Json = False) -> None:
    """List a site's rules in force, oldest first."""
    from moderation.duties import hosting

    with opened_store() as (_, database), database.snapshot() as db:
        rules = hosting.list_rules(db, site_id=hosting.find_site(db, name).id)
    text = "\n".join(f"{one.id}  {one.prose}" for one in rules)
    result({"items": [_shown(one) for one in rules]}, text, as_json=as_json)


@rule.command("remove")
def remove(
    name: SiteName,
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id, as `rule list` shows it.")],
    *,
    as_json: Json = False,
) -> None:
    """End a rule; decisions that it led to still name it."""
    from moderation import clock
    from moderation.duties import hosting

    wanted = clock.parse_id(rule_id)
    if wanted is None:
        raise Invalid("A rule is named by its id, as `candor rule list` shows it.")
    with opened_store() as (_, database), database.transaction() as db:
        found = hosting.find_site(db, name)
        hosting.remove_rule(db, site_id=found.id, rule_id=wanted, now=clock.now())
    result({"rule_id": str(wanted), "removed": True}, f"removed {wanted}", as_json=as_json)


def _shown(one: "Rule") -> dict[str, Any]:
    return {
        "rule_id": str(one.id),
        "kind": one.kind.value,
        "pattern": one.pattern,
        "verdict": one.verdict.value,
        "prose": one.prose,
    }
