"""How a moderator likes the console: keys, order, and what spares them; all of it personal, nothing of it a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from moderation.vocabulary import Category, Order

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "approve": "a",
        "spam": "s",
        "remove": "r",
        "defer": "d",
        "escalate": "e",
        "note": "n",
        "thread": "t",
        "author": "u",
        "select": "x",
        "undo": "z",
        "next": "j",
        "previous": "k",
        "order": "o",
        "zen": "f",
        "search": "/",
        "help": "?",
    }
)
"""What each key does, as it is delivered."""
KEY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "approve": "Approve",
        "spam": "Spam",
        "remove": "Remove with a reason; then the reason's digit",
        "defer": "Put off: back to the queue, last",
        "escalate": "Hand to a lead",
        "note": "Write a note for the team",
        "thread": "The thread around it",
        "author": "The author's history",
        "select": "Select; with Shift: all of the list",
        "undo": "Take the last decision back",
        "next": "Next, without deciding",
        "previous": "Previous, without deciding",
        "order": "Another order",
        "zen": "One card alone",
        "search": "Search",
        "help": "All keys",
    }
)
BREAKS: Final = (0, 30, 45, 60, 90)
"""Minutes after which a break is proposed; 0 proposes none."""
_RESERVED: Final = frozenset("123456789")


class Fold(StrEnum):
    """Which texts stay folded until they are opened. The model knows advertising, not threats: readers' words count."""

    NOTHING = "nothing"
    REPORTED = "reported"
    EVERYTHING = "everything"


SEVERE: Final = frozenset({Category.THREAT, Category.HATE, Category.SEXUAL, Category.HARASSMENT})
"""What readers must have said of a comment for it to be folded as severe."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a moderator chose; everything that spares is off until they switch it on."""

    keys: Mapping[str, str] = field(default_factory=lambda: KEYS)
    single_keys: bool = True
    fold: Fold = Fold.NOTHING
    greyscale: bool = False
    break_after: int = 0
    order: Order = Order.USEFUL

    def __post_init__(self) -> None:
        if self.keys.keys() != KEYS.keys():
            raise ValueError("each action has a key")
        pressed = list(self.keys.values())
        if not all(isinstance(key, str) and len(key) == 1 and "!" <= key <= "~" for key in pressed):
            raise ValueError("a key is one letter or sign of a plain keyboard")
        if len({key.lower() for key in pressed}) != len(pressed) or _RESERVED & set(pressed):
            raise ValueError("each key does one thing, and the digits 1 to 9 choose a reason")
        if any(key.isupper() for key in pressed):
            raise ValueError("keys are small letters; Shift means all that are selected")
        if {type(self.single_keys), type(self.greyscale)} != {bool}:
            raise ValueError("what is switched is on or off")
        if type(self.break_after) is not int or self.break_after not in BREAKS:
            raise ValueError("a break is proposed after 30, 45, 60 or 90 minutes, or not at all")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Returns the preferences that were stored or sent, what is missing as it is delivered; raises ValueError."""
        known = {name: given[name] for name in cls.__dataclass_fields__ if name in given}
        if "keys" in known:
            if not isinstance(known["keys"], Mapping):
                raise ValueError("each action has a key")
            known["keys"] = {**KEYS, **{name: key for name, key in known["keys"].items() if name in KEYS}}
        if "fold" in known:
            known["fold"] = Fold(known["fold"])
        if "order" in known:
            known["order"] = Order(known["order"])
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """Returns the preferences as they are stored."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"keys": dict(self.keys)}
