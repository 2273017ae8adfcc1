"""A site's own deterministic conditions; it does not know what the model thinks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from moderation.clock import Id
from moderation.judging.comment import JUDGED_CODE_POINTS, Comment, is_storable
from moderation.judging.signal import Reason, Span
from moderation.vocabulary import RuleKind, Verdict

PATTERN_LENGTH = 1_000
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition and the verdict it asks for; it cannot exist with a pattern that does not compile."""

    id: Id
    kind: RuleKind
    pattern: str
    verdict: Verdict

    def __post_init__(self) -> None:
        if not 0 < len(self.pattern) <= PATTERN_LENGTH:
            raise ValueError(f"a rule's pattern has 1 to {PATTERN_LENGTH} characters")
        if not is_storable(self.pattern):
            raise ValueError("a rule's pattern cannot hold NUL or half a surrogate pair")
        if self.kind is RuleKind.LINKS_OVER and not self.pattern.isdecimal():
            raise ValueError("A rule on “more links than” takes a whole number, for example 3")
        if self.kind is RuleKind.PATTERN:
            _compiled(self.pattern)

    @property
    def prose(self) -> str:
        """The rule as a sentence for people."""
        condition = {
            RuleKind.WORD: f"the comment contains “{self.pattern}”",
            RuleKind.LINKS_OVER: f"the comment has more than {self.pattern} links",
            RuleKind.AUTHOR: f"the author's name or address contains “{self.pattern}”",
            RuleKind.LINK: f"a link contains “{self.pattern}”",
            RuleKind.PATTERN: f"the comment matches the pattern {self.pattern}",
        }[self.kind]
        return f"{self.verdict.value.capitalize()} when {condition}."


def hits(rules: Iterable[Rule], comment: Comment) -> Iterator[tuple[Rule, Reason]]:
    """Yields each rule that matches a comment, with the reason to show."""
    for rule in rules:
        spans = _spans(rule, comment)
        if spans is not None:
            yield rule, Reason(f"rule.{rule.id}", f"A rule of this site applies: {rule.prose}", spans=spans)


def _spans(rule: Rule, comment: Comment) -> tuple[Span, ...] | None:
    """Where a rule matches, an empty tuple where the match has no place, None where it does not."""
    text = comment.content[:JUDGED_CODE_POINTS]
    match rule.kind:
        case RuleKind.WORD:
            return _found("content", text, rule.pattern)
        case RuleKind.LINKS_OVER:
            return () if len(_LINK.findall(text)) > int(rule.pattern) else None
        case RuleKind.AUTHOR:
            named = _found("author.name", comment.author.name, rule.pattern)
            return named or _found("author.url", comment.author.url, rule.pattern)
        case RuleKind.LINK:
            linked = any(rule.pattern.casefold() in word.casefold() for word in text.split() if _LINK.search(word))
            return () if linked else _found("author.url", comment.author.url, rule.pattern)
        case RuleKind.PATTERN:
            match = _compiled(rule.pattern).search(text)
            return (Span("content", match.start(), match.end()),) if match else None


def _found(field: str, text: str, wanted: str) -> tuple[Span, ...] | None:
    match = re.search(re.escape(wanted), text, re.IGNORECASE)
    return (Span(field, match.start(), match.end()),) if match else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    """RE2 runs in linear time whatever the pattern (security.md 2.8); refused patterns are not echoed to a log."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(
            "the pattern is not one that RE2 accepts (no look-behind, no back-references, bounded repetition)"
        ) from error
