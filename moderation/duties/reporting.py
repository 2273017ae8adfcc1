"""To the public: the facts of a site's notice, read from what is running; it writes no page."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import MISSING, asdict
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any, Final

from models.card import Table
from models.features import INPUTS, Sample
from moderation.clock import Id, parse_id
from moderation.errors import NotFound
from moderation.judging import procedure
from moderation.judging.agreement import Rate, wrong_holds
from moderation.judging.comment import Comment
from moderation.judging.facts import Fact, FactValue, Notice, Provenance
from moderation.judging.policy import Policy
from moderation.judging.procedure import NEXT_SENTENCES, STATE_SENTENCES, VERDICT_WORDS
from moderation.settings import PREFIX, Settings
from moderation.storage import audits, comments, fields, guarantees
from moderation.storage.database import Db
from moderation.storage.fields import ABOUT_COMMENTS, FIELDS, HOW_READERS_SEE, Field, Origin, Purpose, Reader
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.sites import Site
from moderation.vocabulary import State, Verdict

SMALLEST_COUNT: Final = 10
TOO_FEW: Final = f"fewer than {SMALLEST_COUNT}"
LIMIT_WINDOW: Final = timedelta(minutes=1)

_DECLARED: Final = {
    "controller.name": "controller_name",
    "controller.contact": "controller_contact",
    "dpo": "dpo",
    "legal_basis": "legal_basis",
    "operator.hosting": "hosting",
    "operator.security_contact": "security_contact",
}
_NO_SETTING: Final = {
    "operator.authority": "This version has no setting for it",
    "operator.backups": "This version has no setting for it",
    "operator.server_logs": "What a server in front of this service writes down is not visible to it",
}
_NOT_MEASURED: Final = {"measured.waiting_time": "This version does not yet measure how long held comments wait"}
CHECKED_WITHIN: Final = timedelta(days=90)
"""How far back the checks by hand reach that the page tells of."""
_UNREAD: Final = (
    "the e-mail address",
    "the network address",
    "the browser",
    "the time",
    "earlier comments of the same writer",
)
_NOT_KEPT: Final = (
    "the e-mail address itself",
    "the whole network address",
    "the browser's name (user agent)",
    "the page you came from (referrer)",
    "cookies",
    "anything else that the website sends along",
)
_STEP_SOURCE: Final = "the site's policy and rules in memory; a test gives each step a comment of its own"
_TABLES: Final = "the tables in use; a test compares every column with this list on each supported database"


class Reporting:
    """Collects facts from the settings, policies, rules, tables and models in use."""

    def __init__(self, settings: Settings, shelf: ModelShelf) -> None:
        self._settings = settings
        self._shelf = shelf
        self._versions: dict[Id, tuple[Site, object, str]] = {}

    def version(self, site: Site) -> str:
        """Returns the version of a site's notice, which every comment carries.

        It is asked for with every check, so it is kept for the very objects it was read from: sites are frozen and
        a changed one is another object, so nothing here can be stale.
        """
        kept = self._versions.get(site.id)
        classifier = self._shelf.classifier
        if kept is not None and kept[0] is site and kept[1] is classifier:
            return kept[2]
        version = self.rules_of(site).version
        self._versions[site.id] = (site, classifier, version)
        return version

    def rules_of(self, site: Site) -> Notice:
        """Returns the notice of a site without what is measured: what holds until somebody changes the rules."""
        return Notice(
            (
                *_about_site(site),
                *self._about_operator(),
                *_about_procedure(site),
                *self._about_model(),
                *self._about_storage(),
                *self._about_rights(),
            )
        )

    def notice(self, db: Db, *, site: Site, now: datetime) -> Notice:
        """Returns the whole notice of a site, its figures counted at `now`."""
        return self.rules_of(site).with_measured(
            (_guarantee(db, site, now), _wrong_holds(db, site, now), *_counts(db, site, now))
        )

    @property
    def contact(self) -> Fact:
        """Where to write to, as the operator states it."""
        return next(fact for fact in self._about_operator() if fact.id == "controller.contact")

    def _about_operator(self) -> Iterator[Fact]:
        for id_, name in _DECLARED.items():
            stated = getattr(self._settings, name) or None
            yield Fact(id_, stated, Provenance.DECLARED, f"the setting {PREFIX}{name.upper()}")
        for id_, why in _NO_SETTING.items():
            yield Fact(id_, None, Provenance.DECLARED, why)
        yield _artifact("software", {"name": "Candor", "version": _own_version()}, "the installed package")

    def _about_model(self) -> Iterator[Fact]:
        model = self._shelf.classifier
        card = model.card
        source = "the card that came with the model in memory, under the same signature"
        given = ", ".join(field.name for field in dataclass_fields(Sample))
        yield _artifact("automation.inputs", INPUTS, f"the program's feature extractor, which is given {given}")
        unread = (
            f"the feature extractor is given {given} and nothing else; a test changes these and compares the scores"
        )
        yield _artifact("automation.not_inputs", _UNREAD, unread)
        named = {"name": model.name, "version": model.version, "digest": model.digest}
        yield _artifact("model", named, "the model in memory, its signature checked when it was loaded")
        for id_ in ("purpose", "avoid", "limits", "method"):
            yield _artifact(f"model.{id_}", getattr(card, id_) or None, source)
        yield _artifact("model.figures", tuple(_figures(table) for table in card.tables) or None, source)
        yield _artifact("model.data", tuple(asdict(part) for part in card.data) or None, source)
        learns = "what people at the website say changes the website's own model; the shipped one stays as it is"
        yield _artifact("model.learns_here", value=True, source=learns)

    def _about_storage(self) -> Iterator[Fact]:
        yield _schema("fields", tuple(_told(field) for field in FIELDS.values()), _TABLES)
        yield _schema(
            "fields.public", _names(field for field in FIELDS.values() if Reader.PUBLIC in field.readers), _TABLES
        )
        yield _schema("fields.as_given", _names(field for field in _from_writer() if field.is_as_given), _TABLES)
        yield _schema("fields.readers", {reader.value: how for reader, how in HOW_READERS_SEE.items()}, _TABLES)
        yield _schema("fields.required", _required(), "the form in which this service takes comments")
        yield _schema("fields.optional", _optional(), "the form in which this service takes comments")
        used = {field.purpose for field in FIELDS.values()}
        yield _schema("purposes", tuple(purpose.value for purpose in Purpose if purpose in used), _TABLES)
        yield _schema("not_kept", _NOT_KEPT, "a test sends marked values and searches the stored bytes for them")
        yield _schema("transient", _transient(), "the program's limiter; it has no table")
        yield _schema(
            "retention", _retention(), "the columns' list; the background loop deletes what has an end, and no more"
        )
        yield _schema(
            "client_storage", (), "no page for readers or writers sets a cookie; a test asks every one of them"
        )
        yield _schema(
            "recipients",
            (),
            "the service opens no connection but to its own database; a test looks through its imports",
        )
        log = {"level": self._settings.log_level, "holds": "names of events, ids, counts and codes"}
        yield Fact("logs", log, Provenance.SETTINGS, "the running settings; docs/data.md lists every event")
        kind = "SQLite, a file of this service" if self._settings.database_url.startswith("sqlite") else "PostgreSQL"
        yield Fact("database", kind, Provenance.SETTINGS, "the running settings")

    def _about_rights(self) -> Iterator[Fact]:
        yield Fact("receipt.url", f"{self._settings.base_url}/receipt", Provenance.SETTINGS, "the running settings")
        can = {
            "see it": True,
            "correct it": False,
            "export it": False,
            "erase it": False,
            "ask for another look": False,
        }
        yield _schema("receipt.can", can, "the pages this version has")
        for id_, why in _NOT_MEASURED.items():
            yield _schema(id_, None, why)


def find_site(sites: Collection[Site], name: str) -> Site:
    """Returns the site that a reader means: by id, or by the host name of its home where one site alone has it.

    Raises:
        NotFound: for no such site, or for a host name that several sites share.
    """
    id_, host = parse_id(name), name.lower().rstrip(".")
    found = [site for site in sites if site.id == id_ or (host and site.host == host)]
    if len(found) != 1:
        raise NotFound("There is no notice under this address; /comment-data lists the sites.", code="site.not_found")
    return found[0]


def listed(sites: Collection[Site]) -> tuple[Site, ...]:
    """Returns the sites that let themselves be named, in the order of their names."""
    return tuple(sorted((site for site in sites if site.is_listed), key=lambda site: (site.name.casefold(), site.host)))


def _about_site(site: Site) -> Iterator[Fact]:
    yield _settings("site.name", site.name)
    yield _settings("site.home_url", site.home_url)


def _about_procedure(site: Site) -> Iterator[Fact]:
    policy = site.policy
    pipeline = tuple(asdict(step) for step in procedure.steps(policy, site.rules))
    yield Fact("automation.steps", pipeline, Provenance.SETTINGS, _STEP_SOURCE)
    alone = tuple(verdict for verdict in Verdict if verdict in policy.reachable_by_program())
    left = tuple(verdict for verdict in Verdict if verdict not in alone)
    walk = "the site's policy in memory; a test walks through all scores and rules"
    yield Fact("automation.alone", tuple(VERDICT_WORDS[verdict] for verdict in alone), Provenance.SETTINGS, walk)
    yield Fact("automation.people", tuple(VERDICT_WORDS[verdict] for verdict in left), Provenance.SETTINGS, walk)
    yield _settings("automation.thresholds", _thresholds(policy))
    yield _settings("automation.trusts_administrators", value=policy.trusts_administrators)
    ruled = tuple(
        {"id": str(rule.id), "looks_at": rule.kind.value, "verdict": rule.verdict.value} for rule in site.rules
    )
    yield Fact("automation.rules", ruled, Provenance.SETTINGS, "the site's rules in memory, without what they look for")
    follows = {state.value: f"{STATE_SENTENCES[state]} {NEXT_SENTENCES[state]}" for state in State}
    yield _schema("automation.consequences", follows, "the states that this program knows")
    person = (
        "A person's decision about a comment stands. The program decides anew if the website sends other words for "
        "the comment and these look worse."
    )
    yield _schema(
        "automation.standing", person, "the order of the program's steps; a test decides first, then asks again"
    )
    fails = (
        "If this service cannot store a comment, it keeps nothing and says so; the website decides what happens then."
    )
    yield _schema(
        "automation.on_failure", fails, "the answer of each door where the database fails; tests make it fail"
    )


def _thresholds(policy: Policy) -> dict[str, FactValue]:
    """The scores at which something changes, None where that is switched off."""
    removes = policy.program_may_remove
    return {
        "hold_at": policy.hold_at,
        "remove_at": policy.remove_at if removes else None,
        "discard_at": policy.discard_at if removes and policy.discards else None,
    }


def _guarantee(db: Db, site: Site, now: datetime) -> Fact:
    """Whether a program removes here, and how the promise stands that it may: in the words used everywhere."""
    found = guarantees.look(db, site_id=site.id, now=now)
    value: dict[str, FactValue] = {
        "switched_on": site.policy.removal_by_program,
        "holds": found.holds,
        "alarm": found.is_alarmed,
        "removes": site.policy.program_may_remove,
        "text": found.said(found.have if found.have >= SMALLEST_COUNT else TOO_FEW),
    }
    source = "worked out from comments drawn by chance that a person called welcome; the switch is the site's"
    return Fact("automation.guarantee", value, Provenance.MEASURED, source, now)


def _wrong_holds(db: Db, site: Site, now: datetime) -> Fact:
    """How many good comments the program held, of those drawn by chance that a moderator judged blindly."""
    said = audits.blind_counts(db, site_id=site.id, since=now - CHECKED_WITHIN)
    source = (
        f"good comments of the last {CHECKED_WITHIN.days} days, drawn by chance and judged by a person who did not see "
        "what the program had decided"
    )
    return Fact("measured.wrong_holds", _share(wrong_holds(said)), Provenance.MEASURED, source, now)


def _share(rate: Rate) -> str | None:
    """A share in words with its interval (Wilson); None where too few were counted to say anything."""
    if rate.count < SMALLEST_COUNT or rate.interval is None:
        return None
    low, high = (f"{share * 100:.1f}" for share in rate.interval)
    told = str(rate.hits) if rate.hits >= SMALLEST_COUNT else TOO_FEW
    return f"{told} of {rate.count} that were checked, so between {low} and {high} in a hundred"


def _counts(db: Db, site: Site, now: datetime) -> Iterator[Fact]:
    counted = comments.count_by_state(db, site_id=site.id)
    for state in State:
        number = counted.get(state, 0)
        value = number if number >= SMALLEST_COUNT else TOO_FEW
        yield Fact(f"counts.{state.value}", value, Provenance.MEASURED, "counted in the database, tests left out", now)


def _settings(id_: str, value: FactValue) -> Fact:
    return Fact(id_, value, Provenance.SETTINGS, "the site's settings and policy in memory")


def _schema(id_: str, value: FactValue, source: str) -> Fact:
    return Fact(id_, value, Provenance.SCHEMA, source)


def _artifact(id_: str, value: FactValue, source: str) -> Fact:
    return Fact(id_, value, Provenance.ARTIFACT, source)


def _told(field: Field) -> dict[str, FactValue]:
    return {
        "column": field.column,
        "name": field.name,
        "personal": field.personal,
        "about_comments": field.table in ABOUT_COMMENTS,
        "origin": field.origin.value,
        "purpose": field.purpose.value,
        "form": field.form,
        "readers": tuple(reader.value for reader in field.readers),
        "kept": _iso(field.kept),
    }


def _retention() -> dict[str, FactValue]:
    """How long each table's rows are kept, an ISO 8601 duration, or None where no end is set."""
    return {field.table: _iso(field.kept) for field in FIELDS.values()}


def _transient() -> tuple[FactValue, ...]:
    """What is used without being stored; `kept` is an ISO 8601 duration, or None for as long as the answer takes."""
    return (
        {
            "what": "the first part of the network address of whoever opens receipts or tries wrong keys",
            "why": "to limit guessing",
            "kept": _iso(LIMIT_WINDOW),
        },
        {
            "what": "the page's title, tags and excerpt, and what the form noticed, where the website sends them",
            "why": "to judge the comment",
            "kept": None,
        },
        {
            "what": "single words and web addresses of comments judged lately, without the comments, in working memory",
            "why": "to judge faster",
            "kept": "until others take their place or the service stops",
        },
    )


def _names(fields_: Iterable[Field]) -> tuple[str, ...]:
    return tuple(field.name for field in fields_)


def _required() -> tuple[str, ...]:
    """What the writer must give: the columns of the comment form that have no default where a comment is taken in."""
    needed = {f"comments.{field.name}" for field in dataclass_fields(Comment) if _has_no_default(field)}
    return tuple(field.name for field in _from_writer() if field.column in needed)


def _optional() -> tuple[str, ...]:
    return tuple(field.name for field in _from_writer() if field.name not in _required())


def _from_writer() -> tuple[Field, ...]:
    return tuple(field for field in fields.of_table("comments") if field.origin is Origin.WRITER)


def _has_no_default(field: Any) -> bool:  # noqa: ANN401 - dataclasses' field of any type
    return field.default is MISSING and field.default_factory is MISSING


def _iso(duration: timedelta | None) -> str | None:
    if duration is None:
        return None
    minutes = int(duration.total_seconds()) // 60
    return f"PT{minutes}M" if minutes % 60 else f"PT{minutes // 60}H"


def _own_version() -> str | None:
    try:
        return installed_version("candor")
    except PackageNotFoundError:
        return None


def _figures(table: Table) -> dict[str, FactValue]:
    """A table of the card, words before numbers in each row."""
    rows = tuple(dict(sorted(row.items(), key=lambda cell: not isinstance(cell[1], str))) for row in table.rows)
    return {"title": table.title, "note": table.note, "rows": rows}
