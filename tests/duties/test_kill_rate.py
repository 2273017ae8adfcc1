"""Each fact of the notice is broken in turn: the page must change, or say itself that this is not true right now.

Facts that nothing here can break are those that the operator declares, and the page says so of each.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moderation import telemetry
from moderation.clock import new_id
from moderation.duties.reporting import (
    CHECKED,
    FIGURES,
    STATEMENTS,
    Surroundings,
    collecting,
    of_model,
    of_site,
    truth_of_rights,
)
from moderation.duties.reporting.statements import Statement
from moderation.errors import Invalid
from moderation.judging import judge as judging
from moderation.judging.facts import SELF_CHECK, Provenance
from moderation.judging.rules import Rule
from moderation.judging.signal import Reason
from moderation.settings import Settings
from moderation.storage import model_shelf, rules
from moderation.storage.database import Database, open_database
from moderation.storage.fields import FIELDS, HOW_READERS_SEE, Reader
from moderation.storage.model_shelf import sample_of
from moderation.storage.rights_tables import AppealRow, SubjectRequestRow, TallyRow
from moderation.storage.tables import AuditRow, DecisionRow, LabelRow, LessonRow, SiteModelRow
from moderation.vocabulary import Actor, Label, LessonKind, Outcome, RequestKind, RuleKind, Verdict
from moderation.web.surroundings import surroundings
from service import create_app
from tests.conftest import SECRET
from tests.support.world import NOW, SOON, Shelf, World

Break = Callable[[World, pytest.MonkeyPatch], None]
DECLARED = {statement.id for statement in STATEMENTS if statement.provenance is Provenance.DECLARED}
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def around() -> Surroundings:
    return surroundings(create_app(Settings(_env_file=None, secret_key=SECRET)))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def make_world(
    make_settings: Callable[..., Settings], around: Surroundings, shelf: Shelf
) -> Iterator[Callable[[str], World]]:
    opened: list[Database] = []

    def make(url: str) -> World:
        opened.append(open_database(url))
        return World(opened[-1], make_settings(database_url=url), around, Shelf(shelf.classifier))

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def world(make_world: Callable[[str], World], sqlite_url: str) -> World:
    return make_world(sqlite_url)


def sql(*statements: str, **values: Any) -> Break:
    return lambda world, _: world.sql(*statements, **values)


def settings(**changes: Any) -> Break:
    return lambda world, _: world.configure(**changes)


def without(*doors: str) -> Break:
    return lambda world, _: world.without(*doors)


def around_it(**changes: Any) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        world.around = replace(world.around, **changes)

    return act


def patched(owner: Any, name: str, value: Any) -> Break:
    return lambda _, monkeypatch: monkeypatch.setattr(owner, name, value)


def another_card(**changes: Any) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        card = replace(world.shelf.classifier.card, **changes)
        world.shelf.classifier = replace(world.shelf.classifier, card=card)

    return act


def another_model(**changes: Any) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        world.shelf.classifier = replace(world.shelf.classifier, **changes)

    return act


def other_weights(world: World, _: pytest.MonkeyPatch) -> None:
    """The weights in memory are others, under the same name and digest."""
    world.shelf.classifier = replace(world.shelf.classifier, weights=world.shelf.classifier.weights * 2)


def add_rule(world: World, _: pytest.MonkeyPatch) -> None:
    with world.database.transaction() as db:
        rules.add(db, site_id=world.site_id, rule=Rule(new_id(), RuleKind.WORD, "casino", Verdict.HOLD), now=NOW)


def never_downgraded(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule may make the program refuse a comment by itself."""

    def plain(verdict: Verdict, reasons: tuple[Reason, ...], policy: Any) -> Any:
        return judging.Decision(verdict, Actor.POLICY, reasons, policy_version=policy.version)

    monkeypatch.setattr(judging, "_plain", plain)


def sample(**changes: Callable[[Any], Any]) -> Break:
    """The extractor is given something else of a comment."""

    def other(comment: Any) -> Any:
        return replace(sample_of(comment), **{name: change(comment) for name, change in changes.items()})

    return patched(model_shelf, "sample_of", other)


def overrule(world: World, _: pytest.MonkeyPatch) -> None:
    """A program decides after a person, with the same words."""
    decisions(world, world.ids[12:13], Verdict.PUBLISH, Actor.MODERATOR, version=2)
    decisions(world, world.ids[12:13], Verdict.HOLD, Actor.POLICY, version=3)


def decisions(world: World, ids: list[Any], verdict: Verdict, actor: Actor, *, version: int = 2) -> None:
    world.insert(
        DecisionRow,
        *(
            {
                "id": new_id(),
                "comment_id": id_,
                "comment_version": version,
                "decided_at": SOON,
                "verdict": verdict,
                "actor": actor,
                "reasons": [],
                "digest": "",
            }
            for id_ in ids
        ),
    )


def look(verdict: Verdict) -> Break:
    """A person looks at every held comment."""
    return lambda world, _: decisions(world, world.ids[12:], verdict, Actor.MODERATOR)


def audited(found: Verdict, said: Label) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        marks = {"propensity": 1.0, "drawn_at": NOW, "found": found, "said": said, "said_at": NOW}
        world.insert(AuditRow, *({"comment_id": id_, **marks} for id_ in world.ids[:12]))

    return act


def requests(world: World, _: pytest.MonkeyPatch) -> None:
    asked = {"kind": RequestKind.EXPORT, "made_at": NOW, "done_at": SOON}
    world.insert(SubjectRequestRow, *world.rows(12, lambda _: asked))


def appeals(world: World, _: pytest.MonkeyPatch) -> None:
    def one(number: int) -> dict[str, Any]:
        return {"comment_id": world.ids[number], "decision_id": new_id(), "opened_at": NOW, "text": "Look again."}

    world.insert(AppealRow, *world.rows(12, one))


def late_appeal(world: World, _: pytest.MonkeyPatch) -> None:
    with world.database.snapshot() as db:
        decided = db.get(model_shelf.CommentRow, world.ids[0]).decision_id
    appeal = {"id": new_id(), "comment_id": world.ids[0], "decision_id": decided, "text": "Look again."}
    world.insert(AppealRow, appeal | {"opened_at": NOW + 200 * DAY})


def own_judge(world: World, _: pytest.MonkeyPatch) -> None:
    """An appeal with an outcome that no person gave."""
    appeal = {"id": new_id(), "comment_id": world.ids[0], "decision_id": new_id(), "opened_at": NOW, "text": "?"}
    world.insert(AppealRow, appeal | {"heard_at": NOW, "outcome": Outcome.UPHELD})


def contact(purpose: str, count: int = 12) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        world.sql(
            "INSERT INTO contacts (day, purpose, count) VALUES (:day, :purpose, :count)",
            day=NOW.date(),
            purpose=purpose,
            count=count,
        )

    return act


def taught(*, by: Actor = Actor.MODERATOR, erased: bool = False) -> Break:
    def act(world: World, _: pytest.MonkeyPatch) -> None:
        for number, id_ in enumerate(world.ids[:12], start=1):
            label = new_id()
            said = {"label": Label.SPAM, "actor": by, "reporter_code": "r", "labelled_at": NOW, "learnt_in": number}
            world.insert(LabelRow, {"id": label, "comment_id": id_, **said})
            lesson = {"kind": LessonKind.LEARNT, "happened_at": NOW, "is_active": True, "label_id": label}
            world.insert(LessonRow, {"revision": number, "comment_id": id_, **lesson})
        if erased:
            world.sql("UPDATE comments SET state = 'erased' WHERE id IN (SELECT comment_id FROM lessons)")

    return act


def paused(world: World, _: pytest.MonkeyPatch) -> None:
    head = {"revision": 0, "rebuilt_in": 0, "feature_spec": 1, "lessons": 0, "watched_from": 0, "paused_at": NOW}
    world.insert(SiteModelRow, head)


def overdue(world: World, _: pytest.MonkeyPatch) -> None:
    """Deletion stops, and comments are taken in all the same, though that was promised not to happen."""
    world.configure(strict_retention=True)
    world.sql("UPDATE comments SET delete_held_after = '2026-11-01 00:00:00.000000' WHERE state = 'held'")


def frozen(world: World, _: pytest.MonkeyPatch) -> None:
    world.sql(
        "UPDATE comments SET delete_held_after = '2026-11-01 00:00:00.000000', "
        "frozen_at = '2026-11-01 00:00:00.000000' "
        "WHERE state = 'held'"
    )


def stopped(world: World, _: pytest.MonkeyPatch) -> None:
    """The background loop stands still for six minutes."""
    world.now = NOW + timedelta(minutes=6)


def copied(world: World, _: pytest.MonkeyPatch) -> None:
    world.sql(
        "INSERT INTO backups (id, taken_at, gone_by) VALUES ('0', '2026-11-20 00:00:00.000000', "
        "'2026-12-20 00:00:00.000000')".replace("'0'", f"'{new_id().hex}'")
    )


def rarest_purpose(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No column is there any more for one of the purposes."""
    purpose = FIELDS["second_looks.site_id"].purpose
    for name in [name for name, one in FIELDS.items() if one.purpose is purpose]:
        monkeypatch.delitem(FIELDS, name)


def refuses(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge takes no bare comment any more."""
    from moderation.duties.reporting import truth_of_storage

    def refusing(*_: Any) -> Any:
        raise Invalid("A name is needed.")

    monkeypatch.setattr(truth_of_storage, "judge", refusing)


BREAKS: dict[str, tuple[Break, ...]] = {
    "site.closed": (sql("UPDATE sites SET removed_at = created_at"),),
    "site.name": (sql("UPDATE sites SET name = 'Another'"), lambda world, _: world.set(name="Another")),
    "site.home_url": (sql("UPDATE sites SET home_url = 'https://other.example'"),),
    "software": (patched(of_site, "installed_version", lambda _: "9.9"),),
    "automation.steps": (
        patched(judging, "_of_blank", lambda *_: None),
        patched(judging, "_of_form", lambda *_: None),
        lambda world, _: world.set(trusts_administrators="false"),
    ),
    "automation.alone": (never_downgraded,),
    "automation.people": (never_downgraded,),
    "automation.thresholds": (
        sql("UPDATE sites SET hold_at = 0.2"),
        lambda world, _: world.set(hold_at="0.5"),
        patched(
            judging.Policy, "verdict_of", lambda self, score: Verdict.HOLD if score > self.hold_at else Verdict.PUBLISH
        ),
    ),
    "automation.trusts_administrators": (
        sql("UPDATE sites SET trusts_administrators = false"),
        patched(judging, "_of_role", lambda *_: None),
    ),
    "automation.rules": (add_rule,),
    "automation.consequences": (sql("UPDATE comments SET state = 'lost' WHERE score > 0.5"),),
    "automation.standing": (overrule,),
    "automation.on_failure": (sql("DELETE FROM decisions WHERE id = (SELECT min(id) FROM decisions)"),),
    "automation.inputs": (sample(page=lambda _: ()), sample(author=lambda _: "")),
    "automation.not_inputs": (
        sample(text=lambda comment: f"{comment.content} {comment.author.email}"),
        sample(text=lambda comment: f"{comment.content} {comment.author.ip} pills casino"),
    ),
    "automation.example": (another_model(bias=-9.0),),
    "model": (another_model(digest="0" * 64), other_weights),
    "model.purpose": (another_card(purpose="Something else."),),
    "model.avoid": (another_card(avoid=()),),
    "model.limits": (another_card(limits=("None.",)),),
    "model.method": (another_card(method=("By hand.",)),),
    "model.figures": (another_card(tables=()),),
    "model.data": (another_card(data=()),),
    "model.learns_from": (
        taught(by=Actor.POLICY),
        lambda world, patch: (
            taught()(world, patch),
            world.sql("UPDATE comments SET objected_at = '2026-11-20 00:00:00.000000'"),
        )[0],
    ),
    "limits": (
        patched(model_shelf, "_reason", lambda *_, **__: Reason("model.health", "It speaks of an illness.")),
        patched(of_model, "LABELS", ("welcome",)),
    ),
    "fields": (
        sql("ALTER TABLE comments ADD COLUMN mood VARCHAR"),
        lambda _, patch: patch.delitem(FIELDS, "comments.language"),
    ),
    "fields.public": (
        lambda world, _: around_it(public_columns=world.around.public_columns | {"comments.language"})(world, _),
    ),
    "fields.as_given": (sql("ALTER TABLE comments RENAME COLUMN author_url TO author_site"),),
    "fields.readers": (lambda _, patch: patch.delitem(HOW_READERS_SEE, Reader.PUBLIC),),
    "fields.required": (refuses,),
    "fields.optional": (refuses,),
    "purposes": (rarest_purpose,),
    "not_kept": (
        sql("ALTER TABLE comments ADD COLUMN user_agent VARCHAR"),
        sql("UPDATE comments SET author_ip_prefix = '192.0.2.7'"),
        sql("UPDATE comments SET author_email_code = 'ann@example.org'"),
    ),
    "transient": (
        around_it(limit_window=timedelta(minutes=5)),
        sql("CREATE TABLE limits (network VARCHAR PRIMARY KEY)"),
    ),
    "client_storage": (around_it(browser_storage=frozenset({"localStorage"})),),
    "sources": (sql("UPDATE comments SET channel = 'fax' WHERE score > 0.5"),),
    "logs": (patched(telemetry, "level", lambda: "debug"), settings(log_level="debug")),
    "database": (settings(database_url="postgresql://nowhere.example/candor"),),
    "recipients": (
        settings(smtp_host="smtp.example.org", mail_from="privacy@example.org"),
        contact("advertising"),
    ),
    "retention": (
        sql(
            "INSERT INTO mailed_links (digest, site_id, email_code, ends_at) "
            "SELECT 'd', id, 'c', '2026-11-01 00:00:00.000000' FROM sites"
        ),
    ),
    "retention.rules": (
        settings(keep_held_days=7),
        sql("UPDATE comments SET delete_held_after = NULL"),
        sql("UPDATE comments SET delete_removed_after = '2099-01-01 00:00:00.000000'"),
    ),
    "retention.network": (settings(network_form="keyed"), sql("UPDATE comments SET author_ip_prefix = 'a1b2c3d4'")),
    "retention.strict": (settings(strict_retention=True), overdue),
    "mail.outbox": (settings(mail_outbox="outbox"),),
    "signals.gpc": (without("GET /.well-known/gpc.json"), contact("advertising")),
    "protection": (
        sql("UPDATE keys SET digest = 'open' WHERE id = (SELECT min(id) FROM keys)"),
        settings(public_url="https://c.example", controller_name="A", controller_contact="a@c.example", dpo="none"),
    ),
    "receipt.url": (without("POST /receipt"), settings(port=8123)),
    "receipt.can": tuple(without(door) for door in truth_of_rights.CAN.values()),
    "receipt.delay": (settings(receipt_delay_minutes=0), patched(truth_of_rights, "told_from", lambda *_, **__: {})),
    "receipt.lost": (settings(mail_outbox="outbox"),),
    "appeals.rules": (settings(appeal_hours=24), settings(keep_held_days=7), late_appeal),
    "appeals.hearing": (own_judge,),
    "counts.published": (sql("UPDATE comments SET state = 'held' WHERE score < 0.5"),),
    "counts.held": (sql("UPDATE comments SET state = 'published' WHERE id = (SELECT max(id) FROM comments)"),),
    "counts.removed": (sql("UPDATE comments SET state = 'removed' WHERE id = (SELECT max(id) FROM comments)"),),
    "counts.erased": (
        sql("UPDATE comments SET state = 'erased' WHERE score > 0.5"),
        lambda world, _: world.insert(TallyRow, {"month": NOW.date(), "name": "erased.author", "count": 40}),
    ),
    "counts.first": (sql("UPDATE decisions SET verdict = 'remove' WHERE verdict = 'hold'"),),
    "automation.guarantee": (sql("UPDATE sites SET removal_by_program = true"),),
    "measured.wrong_holds": (audited(Verdict.HOLD, Label.HAM),),
    "measured.missed": (audited(Verdict.PUBLISH, Label.SPAM),),
    "measured.waiting_time": (
        look(Verdict.PUBLISH),
        sql("UPDATE comments SET waits_since = '2026-11-20 00:00:00.000000' WHERE state = 'held'"),
    ),
    "measured.automation_share": (look(Verdict.REMOVE), sql("DELETE FROM decisions WHERE verdict = 'hold'")),
    "measured.overturned": (look(Verdict.PUBLISH),),
    "measured.appeals": (appeals,),
    "measured.rights": (requests,),
    "egress.observed": (contact("mail"),),
    "retention.runs": (stopped, sql("DELETE FROM retention_runs"), overdue),
    "retention.holds": (frozen,),
    "retention.backups": (copied,),
    "model.learns_here": (paused,),
    "model.traces": (taught(erased=True),),
    "notice.versions": (
        sql("UPDATE notices SET facts = replace(facts, 'P190D', 'P19D')"),
        sql("UPDATE notices SET in_force_since = '2026-01-01 00:00:00.000000'"),
        sql("UPDATE comments SET notice_version = 'another', received_at = '2026-11-22 12:04:00.000000'"),
        sql("DELETE FROM notices"),
    ),
    SELF_CHECK: (sql("UPDATE sites SET hold_at = 0.2"),),
}
CASES = [
    pytest.param(id_, act, id=f"{id_}-{number}") for id_, acts in BREAKS.items() for number, act in enumerate(acts)
]


@pytest.mark.parametrize(("id_", "act"), CASES)
def test_a_broken_fact_changes_or_accuses_itself(world: World, monkeypatch: pytest.MonkeyPatch, id_: str, act: Break):
    before = world.notice()
    assert before.failed == {}
    act(world, monkeypatch)
    after = world.notice()
    assert id_ in after.failed or after.fact(id_).value != before.fact(id_).value


def test_the_kill_rate_is_whole(world: World, record_property: Callable[[str, object], None]):
    """Whatever nothing here can break is declared by the operator, and told to be."""
    notice = world.notice()
    breakable = {fact.id for fact in notice.facts if fact.provenance is not Provenance.DECLARED}
    record_property("fact_kill_rate", f"{len(breakable & BREAKS.keys())} of {len(breakable)}")
    assert breakable == BREAKS.keys()
    assert {fact.id for fact in notice.facts} - breakable == DECLARED


def test_a_statement_without_a_check_cannot_be_made():
    for provenance in Provenance:
        if provenance is not Provenance.DECLARED:
            with pytest.raises(ValueError, match="everything else is"):
                Statement("new", provenance, "somewhere", lambda _: None)
    with pytest.raises(ValueError, match="declared is not checked"):
        Statement("new", Provenance.DECLARED, "a setting", lambda _: None, lambda *_: None)
    assert CHECKED.keys() == {one.id for one in (*STATEMENTS, *FIGURES)} - DECLARED


def test_everything_holds_where_nothing_was_broken(make_world: Callable[[str], World], database_url: str):
    """On each database, and counted by the page itself."""
    world = make_world(database_url)
    notice = world.notice()
    assert notice.failed == {}
    told: Any = notice.fact(SELF_CHECK).value
    assert told["holding"] == told["of"] >= len(CHECKED) - 1  # nobody has set up a log here


@pytest.mark.parametrize(
    "changes",
    [{"receipt_delay_minutes": 0}, {"receipt_delay_minutes": 1_440}, {"appeal_days": 3_650, "appeal_hours": 1}],
    ids=str,
)
def test_settings_at_their_ends_make_nothing_untrue(
    world: World, monkeypatch: pytest.MonkeyPatch, changes: dict[str, int]
):
    settings(**changes)(world, monkeypatch)
    assert world.notice().failed == {}


@pytest.mark.parametrize(
    ("strict", "late", "says"),
    [
        (False, timedelta(minutes=1), None),
        (False, timedelta(minutes=3), "it last ran"),
        (True, timedelta(minutes=3), "No comments are taken until it is done."),
    ],
)
def test_late_deletion_is_admitted_when_intake_would_end(
    world: World, *, strict: bool, late: timedelta, says: str | None
):
    world.configure(strict_retention=strict)
    due = f"{world.now - late:%Y-%m-%d %H:%M:%S.%f}"
    world.sql("UPDATE comments SET delete_held_after = :due WHERE state = 'held'", due=due)
    found = str(world.notice().failed.get("retention.runs", ""))
    assert says in found if says else found == ""


def test_an_appeal_that_earlier_rules_allowed_makes_nothing_untrue(world: World, monkeypatch: pytest.MonkeyPatch):
    late_appeal(world, monkeypatch)
    assert "appeals.rules" in world.notice().failed
    world.sql("UPDATE notices SET in_force_since = '2027-09-01 00:00:00.000000'")
    assert "appeals.rules" not in world.notice().failed


def test_a_fault_is_counted_by_the_page_and_named(world: World):
    before: Any = world.notice().fact(SELF_CHECK).value
    world.sql("UPDATE sites SET hold_at = 0.2")
    notice = world.notice()
    told: Any = notice.fact(SELF_CHECK).value
    assert (told["holding"], told["of"]) == (before["holding"] - 2, before["of"])
    assert set(notice.failed) == {"automation.thresholds", "automation.steps"}
    assert notice.snapshot != replace(notice, failed={}).snapshot


UNHEARD = {  # checks that look at what is promised, and not at the words in which the page promises it
    "appeals.hearing",
    "automation.consequences",
    "automation.guarantee",
    "automation.on_failure",
    "automation.standing",
    "fields.readers",
    "model.learns_from",
    "not_kept",
    "retention.network",
    "retention.rules",
    "retention.strict",
    "transient",
}


def test_a_fact_wired_to_a_constant_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch):
    """Each check is given another value than the page would tell, and objects."""
    monkeypatch.setattr(telemetry, "level", lambda: "info")
    notice = world.notice()
    with world.database.snapshot() as db:
        look = world.reporting._look(db, world.site, notice.version, world.now)
        heard = {
            id_: collecting._wrong(look, CHECKED[id_], lied(notice.fact(id_).value)) for id_ in CHECKED.keys() - UNHEARD
        }
    assert {id_ for id_, wrong in heard.items() if wrong is None} == set()


def lied(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, dict):
        first = next(iter(value), "advertising")
        return value | {first: lied(value.get(first, 0))}
    if isinstance(value, tuple):
        return (*value[:-1], lied(value[-1])) if value else ("something",)
    return f"not {value}" if isinstance(value, str) else value + 1
