"""The notice's facts follow what is running: settings, policy, rules, tables, model and rows."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from limits import RateLimitItemPerMinute

from models import artifact
from models.card import DataSource, Table
from models.classifier import Classifier
from moderation.clock import Id, new_id
from moderation.duties.reporting import LIMIT_WINDOW, SMALLEST_COUNT, TOO_FEW, Reporting, find_site, listed, of_site
from moderation.errors import NotFound
from moderation.judging.comment import Author, Comment, Form, Page
from moderation.judging.facts import Notice, Provenance
from moderation.judging.judge import judge
from moderation.judging.policy import Policy
from moderation.judging.procedure import VERDICT_WORDS
from moderation.judging.rules import Rule
from moderation.seal import Seal
from moderation.settings import Settings
from moderation.storage import audits
from moderation.storage.audits import Blind, Fresh
from moderation.storage.database import Database
from moderation.storage.fields import FIELDS
from moderation.storage.model_shelf import ClassifierScorer, ModelShelf
from moderation.storage.sites import Site
from moderation.vocabulary import Channel, Label, RuleKind, State, Verdict
from tests.support import chance, factories
from tests.support.desk import Desk
from tests.support.fakes import FixedScorer
from tests.support.source import imports, module_of, product_files, tree_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = Rule(new_id(), RuleKind.WORD, "casino", Verdict.HOLD)
REMOVES = Policy(removal_by_program=True, is_guaranteed=True)


@dataclass
class Shelf:
    """A shelf whose model the test can exchange."""

    classifier: Classifier

    @property
    def scorer(self) -> ClassifierScorer:
        return ClassifierScorer(self.classifier)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(artifact.load(artifact.shipped_folder()))


@pytest.fixture
def report(make_settings: Callable[..., Settings], shelf: Shelf) -> Callable[..., Notice]:
    """The rules of a site's notice: `report(site, dpo="none")`."""

    def rules(site: Site, **settings: Any) -> Notice:
        return Reporting(make_settings(**settings), shelf).rules_of(site)  # type: ignore[arg-type] # a shelf in all but name

    return rules


def a_site(**changes: Any) -> Site:
    return Site(
        **{"id": Id(int=1), "home_url": "https://blog.example", "name": "Blog", "created_at": NOW, "policy": Policy()}
        | changes
    )


SITE = a_site()
OTHER_RULES = {  # what changes -> the site after it
    "the name": a_site(name="Log"),
    "the address": a_site(home_url="https://blog.example.org"),
    "a threshold": a_site(policy=Policy(hold_at=0.6)),
    "removal": a_site(policy=REMOVES),
    "discarding": a_site(policy=replace(REMOVES, discards=True)),
    "administrators": a_site(policy=Policy(trusts_administrators=False)),
    "a rule": a_site(rules=(RULE,)),
    "another rule": a_site(rules=(replace(RULE, id=new_id()),)),
    "a rule's verdict": a_site(rules=(replace(RULE, verdict=Verdict.PUBLISH),)),
}
OTHER_SETTINGS = {
    "controller_name": "Ann Example",
    "controller_contact": "privacy@example.org",
    "dpo": "none",
    "legal_basis": "legitimate interest",
    "hosting": "a shed",
    "security_contact": "mailto:security@example.org",
    "log_level": "debug",
    "port": 9,
}


@pytest.mark.parametrize("what", OTHER_RULES)
def test_a_changed_rule_is_another_version(report: Callable[..., Notice], what: str):
    versions = {report(site).version for site in (SITE, *OTHER_RULES.values())}
    assert report(OTHER_RULES[what]).version != report(SITE).version
    assert len(versions) == len(OTHER_RULES) + 1


@pytest.mark.parametrize(("setting", "value"), OTHER_SETTINGS.items())
def test_a_changed_setting_is_another_version(report: Callable[..., Notice], setting: str, value: object):
    assert report(SITE, **{setting: value}).version != report(SITE).version


def test_another_model_is_another_version(make_settings: Callable[..., Settings], shelf: Shelf):
    changing = Shelf(shelf.classifier)
    duty = Reporting(make_settings(), changing)  # type: ignore[arg-type] # a shelf in all but name
    before = duty.version(SITE)
    changing.classifier = replace(shelf.classifier, digest="0" * 64)
    assert duty.version(SITE) != before
    changing.classifier = shelf.classifier
    assert duty.version(SITE) == before


def test_the_version_asked_for_with_every_check_is_never_stale(make_settings: Callable[..., Settings], shelf: Shelf):
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    for site in (SITE, *OTHER_RULES.values(), SITE, replace(SITE, id=new_id()), SITE):
        assert duty.version(site) == duty.rules_of(site).version


def test_the_version_is_worked_out_once_for_a_site(
    make_settings: Callable[..., Settings], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    version = duty.version(SITE)
    monkeypatch.setattr(Reporting, "rules_of", None)
    assert duty.version(SITE) == version


@pytest.mark.parametrize(
    "policy", [Policy(), Policy(removal_by_program=True), REMOVES, replace(REMOVES, discards=True)]
)
def test_what_a_program_alone_can_do_is_found_by_walking_every_way(report: Callable[..., Notice], policy: Policy):
    reached = {judge(comment, rules, FixedScorer(score), policy).verdict for comment, rules, score in every_way()}
    notice = report(a_site(policy=policy))
    assert set(notice.fact("automation.alone").value) == {VERDICT_WORDS[verdict] for verdict in reached}
    assert set(notice.fact("automation.people").value) == {VERDICT_WORDS[v] for v in Verdict if v not in reached}


def every_way() -> Any:
    """Comments for each step, each kind of rule, and scores from 0 to 1."""
    ordinary = factories.comment("A word on http://casino.example")
    comments = [
        ordinary,
        replace(ordinary, author=Author(roles=frozenset({"administrator"}))),
        replace(ordinary, author=Author(name="viagra-test-123")),
        replace(ordinary, form=Form(honeypot_filled=True)),
        Comment("p", ""),
    ]
    rules = [(), *((replace(RULE, verdict=verdict),) for verdict in Verdict)]
    return itertools.product(comments, rules, [step / 200 for step in range(201)])


@pytest.mark.parametrize("policy", [Policy(hold_at=0.55), REMOVES, replace(REMOVES, remove_at=0.8, discard_at=0.9)])
def test_the_thresholds_told_are_those_at_which_the_verdict_changes(report: Callable[..., Notice], policy: Policy):
    told: Any = report(a_site(policy=policy)).fact("automation.thresholds").value
    for name, verdict in {"hold_at": Verdict.HOLD, "remove_at": Verdict.REMOVE}.items():
        if told[name] is None:
            assert policy.verdict_of(1.0) is not verdict
            continue
        assert policy.verdict_of(told[name]) is verdict
        assert policy.verdict_of(told[name] - 1e-9) is not verdict


def test_discarding_is_told_only_where_a_program_may_remove(report: Callable[..., Notice]):
    told = {
        policy: report(a_site(policy=policy)).fact("automation.thresholds").value["discard_at"]
        for policy in (Policy(discards=True), REMOVES, replace(REMOVES, discards=True))
    }
    assert list(told.values()) == [None, None, 0.99]


UNSEEN = {
    "the e-mail address": lambda comment: replace(comment, author=replace(comment.author, email="x@spam.example")),
    "the network address": lambda comment: replace(comment, author=replace(comment.author, ip="203.0.113.9")),
    "the time": lambda comment: replace(comment, submitted_at=NOW - timedelta(days=9)),
    "the role": lambda comment: replace(comment, author=replace(comment.author, roles=frozenset({"subscriber"}))),
    "the language": lambda comment: replace(comment, language="sv"),
    "the page's address": lambda comment: replace(comment, permalink="https://casino.example/"),
}


@pytest.mark.parametrize("what", UNSEEN)
@pytest.mark.parametrize("content", [factories.KIND_WORDS, factories.SPAM_WORDS])
def test_what_the_score_does_not_see_changes_no_bit_of_it(shelf: Shelf, what: str, content: str):
    comment = factories.comment(content)
    assert shelf.scorer.weigh(UNSEEN[what](comment)) == shelf.scorer.weigh(comment)


def test_what_the_score_sees_can_change_it(shelf: Shelf):
    comment = factories.comment(factories.SPAM_WORDS)
    other = {
        "words": replace(comment, content=factories.KIND_WORDS),
        "name": replace(comment, author=replace(comment.author, name="BUY CHEAP PILLS 4U")),
        "address": replace(comment, author=replace(comment.author, url="http://cheap-pills.example")),
        "page": replace(comment, page=Page(title="Cheap pills and casino bonus", tags=("casino", "viagra"))),
    }
    scores = {what: shelf.scorer.weigh(changed).score for what, changed in other.items()}
    assert {what for what, score in scores.items() if score == shelf.scorer.weigh(comment).score} == set()


def test_the_page_lists_what_the_score_sees_and_does_not_see(report: Callable[..., Notice]):
    notice = report(SITE)
    assert {"the e-mail address", "the network address", "the browser", "the time"} <= set(
        notice.fact("automation.not_inputs").value
    )
    assert notice.fact("automation.inputs").provenance is Provenance.ARTIFACT


def test_the_model_told_is_the_one_in_memory(report: Callable[..., Notice], shelf: Shelf):
    model = shelf.classifier
    told: Any = report(SITE).fact("model").value
    assert told == {"name": model.name, "version": model.version, "digest": model.digest}


def test_the_models_card_is_told_with_words_before_numbers(make_settings: Callable[..., Settings], shelf: Shelf):
    rows = ({"ham": 3, "held": 0.25, "slice": "en"}, {"ham": 4, "held": None, "slice": "de"})
    source = DataSource("set", "what", "CC0", "by whom", "0" * 64, 1, 2, share_alike=False, use="all")
    card = replace(shelf.classifier.card, tables=(Table("By language", "A note.", rows),), data=(source,))
    carded = Shelf(replace(shelf.classifier, card=card))
    notice = Reporting(make_settings(), carded).rules_of(SITE)  # type: ignore[arg-type] # a shelf in all but name
    (told,) = notice.fact("model.figures").value
    assert [list(row) for row in told["rows"]] == [["slice", "ham", "held"]] * 2
    assert notice.fact("model.data").value[0]["attribution"] == "by whom"


def test_a_card_that_says_nothing_is_listed_as_unknown(make_settings: Callable[..., Settings], shelf: Shelf):
    card = replace(shelf.classifier.card, tables=(), data=(), limits=())
    bare = Shelf(replace(shelf.classifier, card=card))
    notice = Reporting(make_settings(), bare).rules_of(SITE)  # type: ignore[arg-type] # a shelf in all but name
    assert {"model.figures", "model.data", "model.limits"} <= {fact.id for fact in notice.unknown}


def test_what_the_operator_states_is_taken_over_and_marked(report: Callable[..., Notice]):
    notice = report(SITE, controller_name="Ann Example", dpo="none")
    stated = notice.fact("controller.name")
    assert (stated.value, stated.provenance) == ("Ann Example", Provenance.DECLARED)
    assert notice.fact("dpo").value == "none"


def test_what_is_not_stated_is_unknown_and_never_left_out(report: Callable[..., Notice]):
    unknown = {fact.id for fact in report(SITE).unknown}
    assert {"controller.name", "controller.contact", "dpo", "legal_basis", "operator.backups"} <= unknown
    stated = {"controller_name": "Ann", "controller_contact": "a@example.org", "dpo": "none", "legal_basis": "b"}
    assert unknown - {fact.id for fact in report(SITE, **stated).unknown} == {
        "controller.name",
        "controller.contact",
        "dpo",
        "legal_basis",
    }


def test_every_column_is_a_fact(report: Callable[..., Notice]):
    told: Any = report(SITE).fact("fields").value
    assert {row["column"]: row["form"] for row in told} == {name: field.form for name, field in FIELDS.items()}


def test_the_writer_must_give_no_more_than_is_told(report: Callable[..., Notice]):
    notice = report(SITE)
    assert notice.fact("fields.required").value == ("the text",)
    assert set(notice.fact("fields.optional").value) == {
        "the name given",
        "the web address given",
        "the e-mail address",
    }
    assert judge(Comment("p", "words"), (), FixedScorer(0.1), Policy()).verdict is Verdict.PUBLISH


def test_nothing_but_the_command_can_open_a_connection(report: Callable[..., Notice]):
    openers = {
        "socket",
        "ssl",
        "httpx",
        "requests",
        "urllib3",
        "aiohttp",
        "smtplib",
        "ftplib",
        "http",
        "urllib.request",
    }
    innocent = {"http.HTTPStatus"}
    found = {
        (module_of(path), name)
        for path in product_files("moderation", "models")
        for name in imports(tree_of(path))
        if name not in innocent and any(name == opener or name.startswith(f"{opener}.") for opener in openers)
    }
    assert {module for module, _ in found if not module.startswith("moderation.cli.")} == {"moderation.egress"}
    assert report(SITE).fact("recipients").value == ()


def test_the_limiter_forgets_when_the_page_says(report: Callable[..., Notice]):
    told: Any = report(SITE).fact("transient").value
    assert RateLimitItemPerMinute(1).get_expiry() == LIMIT_WINDOW.total_seconds()
    assert told[0]["kept"] == "PT1M"


@pytest.fixture
def desk(database: Database, seal: Seal) -> Desk:
    return Desk(database, seal)


def test_figures_are_counted_and_small_ones_are_not_shown(
    desk: Desk, make_settings: Callable[..., Settings], shelf: Shelf
):
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    before = counts(duty, desk)
    assert {fact.value for fact in before} == {TOO_FEW}
    for number in range(SMALLEST_COUNT - 1):
        desk.check(factories.comment(f"comment {number}"))
    assert {fact.value for fact in counts(duty, desk)} == {TOO_FEW}
    desk.check(factories.comment("the one that makes enough"))
    after = counts(duty, desk)
    assert {fact.id: fact.value for fact in after if fact.value != TOO_FEW} == {"counts.published": SMALLEST_COUNT}
    assert {fact.observed_at for fact in after} == {NOW}


def test_blind_looks_are_told_once_there_are_enough_and_small_numbers_never(
    desk: Desk, make_settings: Callable[..., Settings], shelf: Shelf
):
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    assert wrong_holds(duty, desk) is None
    look_blindly(desk, good_published=SMALLEST_COUNT - 2, good_held=1)
    assert wrong_holds(duty, desk) is None
    look_blindly(desk, good_published=91, good_held=0)
    assert wrong_holds(duty, desk) == "fewer than 10 of 100 that were checked, so between 0 and 16.2 in a hundred"
    look_blindly(desk, good_published=0, good_held=19)
    assert wrong_holds(duty, desk) == "20 of 119 that were checked, so between 11.2 and 24.5 in a hundred"


def wrong_holds(duty: Reporting, desk: Desk) -> object:
    with desk.database.snapshot() as db:
        return duty.notice(db, site=desk.site.site, now=NOW).fact("measured.wrong_holds").value


def look_blindly(desk: Desk, *, good_published: int, good_held: int) -> None:
    """A moderator called drawn comments good that the program had published, or held."""
    for number in range(good_published + good_held):
        words = "pills" if number < good_held else "soup"
        checked = desk.check(factories.comment(f"{words} {new_id()}"))
        fresh = Fresh(desk.site.site.id, checked.comment_id, NOW)
        with desk.database.transaction() as db:
            if not audits.is_audited(db, site_id=fresh.site_id, comment_id=fresh.comment_id):
                chance.draw(db, seal=desk.seal, judged=[fresh])
            blind = Blind(Label.HAM, new_id(), NOW)
            found = checked.decision.verdict
            assert audits.note_blind(db, site_id=fresh.site_id, comment_id=fresh.comment_id, found=found, blind=blind)


def test_counting_moves_the_snapshot_and_not_the_version(
    desk: Desk, make_settings: Callable[..., Settings], shelf: Shelf
):
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    site = desk.site.site
    with desk.database.snapshot() as db:
        before = duty.notice(db, site=site, now=NOW)
    for number in range(SMALLEST_COUNT):
        desk.check(factories.comment(f"comment {number}"))
    with desk.database.snapshot() as db:
        after = duty.notice(db, site=site, now=NOW)
    assert (after.version, duty.version(site)) == (before.version, before.version)
    assert after.snapshot != before.snapshot


def test_one_sites_figures_are_not_anothers(desk: Desk, make_settings: Callable[..., Settings], shelf: Shelf):
    other = desk.add_site("https://other.example")
    for number in range(SMALLEST_COUNT):
        desk.check(factories.comment(f"comment {number}"), caller=desk.caller(other))
    duty = Reporting(make_settings(), shelf)  # type: ignore[arg-type] # a shelf in all but name
    assert {fact.value for fact in counts(duty, desk)} == {TOO_FEW}


def counts(duty: Reporting, desk: Desk) -> list[Any]:
    with desk.database.snapshot() as db:
        notice = duty.notice(db, site=desk.site.site, now=NOW)
    return [notice.fact(f"counts.{state.value}") for state in State]


def test_a_persons_decision_stands_until_other_words_look_worse(desk: Desk, report: Callable[..., Notice]):
    said = factories.comment("cheap pills", external_id="7")
    held = desk.check(said, channel=Channel.API)
    assert held.verdict is Verdict.HOLD
    desk.decide(held.comment_id, Verdict.PUBLISH)
    again = ("cheap pills", "cheap soup", "more pills")  # the same words, words that look fine, words that look worse
    edits = [replace(said, content=words) for words in again]
    verdicts = [desk.check(edit, channel=Channel.API, is_edit=True).verdict for edit in edits]
    assert verdicts == [Verdict.PUBLISH, Verdict.PUBLISH, Verdict.HOLD]
    assert "look worse" in str(report(SITE).fact("automation.standing").value)


def test_a_persons_decision_stands_when_the_dialect_asks_again(desk: Desk):
    held = desk.check("cheap pills")
    desk.decide(held.comment_id, Verdict.PUBLISH)
    assert desk.check("cheap pills").verdict is Verdict.PUBLISH


TWINS = (a_site(id=Id(int=2), home_url="https://twin.example/a"), a_site(id=Id(int=3), home_url="http://TWIN.example"))


@pytest.mark.parametrize("name", [str(SITE.id), SITE.id.hex, "blog.example", "BLOG.example", "blog.example."])
def test_a_site_is_found_by_id_and_by_its_own_host(name: str):
    assert find_site([SITE, *TWINS], name) is SITE


@pytest.mark.parametrize("name", ["", ".", "nowhere.example", "twin.example", str(Id(int=9)), "x" * 5_000, "\x00"])
def test_no_site_is_guessed(name: str):
    with pytest.raises(NotFound) as refusal:
        find_site([SITE, *TWINS], name)
    assert refusal.value.code == "site.not_found"


def test_the_list_names_whom_it_may_in_order():
    sites = [a_site(id=Id(int=4), name="b"), a_site(id=Id(int=5), name="A"), a_site(id=Id(int=6), is_listed=False)]
    assert [site.name for site in listed(sites)] == ["A", "b"]


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch, report: Callable[..., Notice]):
    def missing(name: str) -> str:
        raise of_site.PackageNotFoundError(name)

    monkeypatch.setattr(of_site, "installed_version", missing)
    told: Any = report(SITE).fact("software").value
    assert told["version"] is None


def test_the_shelf_of_the_service_is_what_reporting_reads(make_settings: Callable[..., Settings]):
    shelf = ModelShelf(None)
    notice = Reporting(make_settings(), shelf).rules_of(SITE)
    assert notice.fact("model").value["digest"] == shelf.classifier.digest
