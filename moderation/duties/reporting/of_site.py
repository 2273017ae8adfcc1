"""What the notice says of the website and of whoever runs the service; it checks no declaration."""

from importlib.metadata import PackageNotFoundError, distribution
from importlib.metadata import version as installed_version
from typing import Any, Final

from moderation.duties.reporting import truth_of_procedure as truth
from moderation.duties.reporting.statements import Ground, Look, Statement
from moderation.duties.reporting.wording import differing, iso_days
from moderation.judging.facts import FactValue, Provenance
from moderation.settings import PREFIX

_SITE: Final = "the site's settings in memory; its row in the database is read again and compared"
_STATED: Final = {
    "controller.name": "controller_name",
    "controller.contact": "controller_contact",
    "dpo": "dpo",
    "legal_basis": "legal_basis",
    "operator.hosting": "hosting",
    "operator.security_contact": "security_contact",
    "operator.authority": "authority",
    "operator.balancing_test": "balancing_test",
    "operator.server_logs": "server_logs",
}


CONTACT_SOURCE: Final = f"the setting {PREFIX}CONTROLLER_CONTACT"


def _stated(id_: str, name: str) -> Statement:
    def read(ground: Ground) -> FactValue:
        return getattr(ground.settings, name) or None

    return Statement(id_, Provenance.DECLARED, f"the setting {PREFIX}{name.upper()}", read)


def own_version() -> str | None:
    """Returns the version of this program, None where it was not installed."""
    try:
        return installed_version("candor")
    except PackageNotFoundError:
        return None


def _is_this_program(_: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The package's own description says the same, and this is that program."""
    try:
        described = distribution("candor").read_text("METADATA") or ""
    except PackageNotFoundError:
        described = ""
    lines = dict(line.partition(": ")[::2] for line in described.split("\n\n")[0].splitlines())
    return differing(told, {"name": "Candor", "version": lines.get("Version")})


STATEMENTS: Final = (
    Statement("site.name", Provenance.SETTINGS, _SITE, lambda ground: ground.site.name, truth.name),
    Statement("site.home_url", Provenance.SETTINGS, _SITE, lambda ground: ground.site.home_url, truth.home_url),
    Statement(
        "site.closed",
        Provenance.SETTINGS,
        f"{_SITE}; comments and people's decisions since its end are looked for",
        lambda ground: ground.site.is_closed,
        truth.closed,
    ),
    *(_stated(id_, name) for id_, name in _STATED.items()),
    Statement(
        "operator.backups",
        Provenance.DECLARED,
        f"the setting {PREFIX}BACKUP_DAYS",
        lambda ground: iso_days(ground.settings.backup_days),
    ),
    Statement(
        "software",
        Provenance.ARTIFACT,
        "the installed package",
        lambda _: {"name": "Candor", "version": own_version()},
        _is_this_program,
    ),
)
