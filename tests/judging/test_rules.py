"""A site's own rules: each kind, where it matches and where not, and patterns that mean harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.clock import new_id
from moderation.judging.comment import JUDGED_CODE_POINTS, Comment
from moderation.judging.rules import PATTERN_LENGTH, Rule, hits
from moderation.judging.signal import Span
from moderation.vocabulary import RuleKind, Verdict
from tests.support.factories import author, comment

WORD, LINKS_OVER, AUTHOR, LINK, PATTERN = RuleKind


def rule(kind: RuleKind, pattern: str, verdict: Verdict = Verdict.HOLD) -> Rule:
    return Rule(new_id(), kind, pattern, verdict)


def spans(kind: RuleKind, pattern: str, of: Comment) -> tuple[Span, ...] | None:
    """Where a rule matches a comment, or None."""
    found = [reason.spans for _, reason in hits([rule(kind, pattern)], of)]
    return found[0] if found else None


def in_text(start: int, end: int) -> tuple[Span, ...]:
    return (Span("content", start, end),)


TWO_LINKS = "see http://a.example and WWW.b.example"


@pytest.mark.parametrize(
    ("kind", "pattern", "of", "expected"),
    [
        (WORD, "casino", comment("A Casino!"), in_text(2, 8)),
        (WORD, "casino", comment("no such word"), None),
        (WORD, "a.b", comment("axb"), None),
        (WORD, "ÉCOLE", comment("une école"), in_text(4, 9)),
        (WORD, "x", comment("\U0001f600x"), in_text(1, 2)),
        (WORD, "ann", comment("text", author=author(name="Ann")), None),
        (LINKS_OVER, "1", comment(TWO_LINKS), ()),
        (LINKS_OVER, "2", comment(TWO_LINKS), None),
        (LINKS_OVER, "0", comment("none"), None),
        (AUTHOR, "pills", comment(author=author(name="Cheap Pills")), (Span("author.name", 6, 11),)),
        (AUTHOR, "pills", comment(author=author(url="https://pills.example")), (Span("author.url", 8, 13),)),
        (AUTHOR, "pills", comment("pills", author=author(email="pills@example.org")), None),
        (LINK, "casino", comment("see https://CASINO.example/x"), ()),
        (LINK, "casino", comment("casino is no link"), None),
        (LINK, "ann.ex", comment(author=author(url="https://ann.example")), (Span("author.url", 8, 14),)),
        (LINK, "ann.ex", comment(author=author(url="")), None),
        (PATTERN, r"\d{4}-\d{4}", comment("call 1234-5678"), in_text(5, 14)),
        (PATTERN, r"(?i)viagra", comment("ViAgRa"), in_text(0, 6)),
        (PATTERN, "viagra", comment("ViAgRa"), None),
        (PATTERN, "b", comment("\U0001f600é b"), in_text(3, 4)),
    ],
)
def test_a_rule_says_where_it_matches(kind, pattern, of, expected):
    assert spans(kind, pattern, of) == expected


@pytest.mark.parametrize("kind", [WORD, PATTERN])
def test_only_the_judged_beginning_of_a_long_text_is_read(kind: RuleKind):
    inside = comment("x" * (JUDGED_CODE_POINTS - 4) + "evil")
    outside = comment("x" * JUDGED_CODE_POINTS + "evil")
    assert (spans(kind, "evil", inside) is not None, spans(kind, "evil", outside)) == (True, None)


@pytest.mark.parametrize("kind", RuleKind)
@pytest.mark.parametrize("pattern", ["", "1" * (PATTERN_LENGTH + 1)], ids=["empty", "too long"])
def test_a_pattern_has_1_to_1000_characters(kind: RuleKind, pattern: str):
    with pytest.raises(ValueError, match="1 to 1000 characters"):
        rule(kind, pattern)


@pytest.mark.parametrize("pattern", ["two", "-1", "1.5", "²", "½", " 1"])
def test_links_over_takes_a_number_that_a_person_would_write(pattern: str):
    with pytest.raises(ValueError, match="whole number"):
        rule(LINKS_OVER, pattern)


REFUSED = [r"(?<=a)b", r"(a)\1", "(", "[", "a{1,100000}", "(?P<n>", r"\C(", "*", "a**", "\\", r"\p{Nonsense}", "(?#x)"]


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_re2_refuses_is_refused_without_echoing_it(pattern: str, capfd: pytest.CaptureFixture[str]):
    with pytest.raises(ValueError, match="RE2 accepts") as refusal:
        rule(PATTERN, pattern)
    assert pattern not in str(refusal.value) or len(pattern) == 1
    assert capfd.readouterr() == ("", "")


EXPLOSIVE = [
    r"(a+)+$",
    r"(a|aa)+$",
    r"(a*)*b",
    r"(.*)(.*)(.*)(.*)(.*)x",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    "a?" * 60 + "a" * 60,
]


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_patterns_that_explode_elsewhere_end_here(pattern: str, capfd: pytest.CaptureFixture[str]):
    spans(
        PATTERN, pattern, comment("a" * (JUDGED_CODE_POINTS - 1) + "!")
    )  # would not return before the suite is killed
    assert capfd.readouterr() == ("", "")


@given(st.text(min_size=1, max_size=30), st.text(max_size=60))
def test_no_pattern_and_no_text_raise_anything_but_a_refusal(pattern: str, text: str):
    text = text.replace("\x00", "")
    try:
        made = rule(PATTERN, pattern)
    except ValueError:
        return
    for _, reason in hits([made], comment(text)):
        assert all(0 <= span.start <= span.end <= len(text) for span in reason.spans)


@given(st.text(min_size=1, max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_a_word_is_found_wherever_it_stands(word: str, before: str, after: str):
    whole = (before + word + after).replace("\x00", " ")
    (found,) = spans(WORD, word.replace("\x00", " "), comment(whole)) or [None]
    assert found is not None
    assert len(whole[found.start : found.end]) == len(word)


@pytest.mark.parametrize(
    ("kind", "pattern", "verdict", "prose"),
    [
        (WORD, "x", Verdict.HOLD, "Hold when the comment contains “x”."),
        (LINKS_OVER, "3", Verdict.REMOVE, "Remove when the comment has more than 3 links."),
        (AUTHOR, "x", Verdict.PUBLISH, "Publish when the author's name or address contains “x”."),
        (LINK, "x", Verdict.HOLD, "Hold when a link contains “x”."),
        (PATTERN, "x+", Verdict.HOLD, "Hold when the comment matches the pattern x+."),
    ],
)
def test_a_rule_is_a_sentence_for_people(kind: RuleKind, pattern: str, verdict: Verdict, prose: str):
    made = rule(kind, pattern, verdict)
    assert made.prose == prose


def test_a_hit_names_its_rule():
    made = rule(WORD, "soup")
    ((hit, reason),) = hits([made], comment("soup"))
    assert (hit, reason.code) == (made, f"rule.{made.id}")
    assert made.prose in reason.text
