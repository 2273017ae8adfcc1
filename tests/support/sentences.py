"""Every text of the program's own that a reader can meet, found in the modules that say it, not on a walk."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Final

from moderation.duties import explaining
from moderation.judging import facts, procedure, receipt, versions
from moderation.storage import field_kinds
from moderation.web.problems import KINDS
from moderation.web.public import notice, told
from tests.support.source import PROJECT, tree_of

ROOMS: Final = (
    *("duties/reporting/*.py", "duties/mailing/*.py", "duties/forgetting/proving.py", "duties/yearly.py"),
    *("duties/appealing.py", "duties/explaining.py", "duties/exporting.py", "duties/objecting.py"),
    *("duties/rewording.py", "judging/judge.py", "judging/procedure.py", "judging/receipt.py"),
    *("judging/said.py", "judging/statement.py", "judging/waiting.py", "storage/fields*.py", "storage/field_kinds.py"),
    *("storage/receipts.py", "storage/guarantees.py", "storage/model_shelf.py", "web/public/*.py"),
)
"""Modules whose texts all reach the pages for readers and writers, but for those of `UNSAID`."""
UNSAID: Final = re.compile(
    r"(GET|POST) /.*|[a-z-]+/[a-z]+; .*|public, .*|, …|\W+|%\(now\)s %\(then\)s"  # doors, headers, joints
    r"|(?i:.*(cheap pills|the soup|http:).*)|no link|[a-z_]+(_[a-z]+)+ .*|.* [ap]_\w+|6 \(1\) \(f\)|legitimate interest"
)
"""What stands in those modules and is no sentence: addresses, headers, probes, names of columns."""
ELSEWHERE: Final = frozenset(
    {
        "A decision that is looked at.",
        "A score that is looked at.",
        "How comments were decided, how long they waited and how often a program was wrong.",
        "No appeal about this comment is open: it was heard meanwhile.",
        "Only what is refused can be put back in part.",
        "The comment has changed since you read it. Read it again, then answer.",
        "The facts and figures of a site's notice",
        "The facts are as you know them.",
        "There is no such file.",
        "This site has no such comment.",
        "You made this decision; somebody else hears the writer.",
        "no longer",
        "not shown here",
        "the copies and proofs that this service hands to writers",
        "the running settings",
        "this file without `signature`, as JSON with sorted keys, without spaces, in UTF-8",
    }
)
"""What those modules say to moderators and to programs only, to a check, or within a sentence that is there whole."""
WORDS: Final = (
    *(receipt.DECIDED, receipt.LOOKED, receipt.BAND_WORDS, receipt.VERDICT_PAST, procedure.ACTOR_WORDS),
    *(procedure.STATE_SENTENCES, procedure.ERASED_SENTENCES, procedure.NEXT_SENTENCES, explaining._HEARD),
    *(told.SECTIONS, told.MEASURED, told.STATE_WORDS, told.KINDS_KEPT, told.IN_SHORT, notice.TITLES),
)
"""Tables whose values are said, single words too."""
CHOICES: Final = (facts.Provenance, versions.Change, *(field_kinds.Purpose, field_kinds.Reader, field_kinds.Origin))
FALLEN_BACK: Final = (
    "at once",
    "none",
    "nobody",
    "and",
    "or",
    "yes",
    "no",
    "never",
    "nothing",
    "not known",
    "no end is set",
)
"""What is said where there is nothing to say."""
NOT_FOR_READERS: Final = re.compile(
    r"(body|key|sign_in|role|form|recheck|metrics|rule|people|idempotency|queue|report|parent|bulk|note|password|code"
    r"|preferences|setting|comment)\..*|appeal\.(own|closed)|limit\.sign_in"
)
"""Problems of the console and of programs: no page for readers has them."""


def of_modules() -> set[str]:
    """Returns every text that the pages for readers and writers can say, each as its catalogue's key."""
    found = {*FALLEN_BACK, *in_rooms()}
    found |= {text for path in _all() for text in _built(path)}
    found |= {str(text) for table in WORDS for text in table.values()}
    found |= {one.value for kind in CHOICES for one in kind if isinstance(one, Enum)}
    found |= {kind.title for code, kind in KINDS.items() if not NOT_FOR_READERS.fullmatch(code)}
    return {" ".join(text.split()) for text in found if not UNSAID.fullmatch(text)} - ELSEWHERE


def in_rooms() -> set[str]:
    """Returns every text of more than one word in the modules that speak to readers and writers."""
    return {text for path in _rooms() for text in _literals(path)}


def _rooms() -> set[Path]:
    home = PROJECT / "moderation"
    found = {room: sorted(home.glob(room)) for room in ROOMS}
    assert all(found.values()), [room for room, files in found.items() if not files]
    return {path for files in found.values() for path in files}


def _all() -> set[Path]:
    return set((PROJECT / "moderation").rglob("*.py"))


def _literals(path: Path) -> Iterator[str]:
    """The texts of a module that hold more than one word: no docstring, and nothing that programmers only see."""
    tree = tree_of(path)
    unseen = {id(part) for node in ast.walk(tree) if _is_unseen(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in unseen else None
        if isinstance(text, str) and " " in text.strip():
            yield text


def _is_unseen(node: ast.AST) -> bool:
    """Docstrings, types, texts with values in them (a walk hears those), and what a program's author reads."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in {"Field", "Query", "ValueError", "TypeAlias"}
    return isinstance(node, ast.JoinedStr)


def _built(path: Path) -> Iterator[str]:
    """The sentences that know their values, and the reasons of decisions, wherever they are made."""
    for node in ast.walk(tree_of(path)):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        place = {"Said": 0, "Reason": 1}.get(name)
        if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
            told = node.args[place]
            if isinstance(told, ast.Constant) and isinstance(told.value, str):
                yield told.value
