"""A small generator of texts: templates with alternatives {a|b} and slots <name>; it knows no comments."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

Slots = Mapping[str, Sequence[str]]

_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_SLOT: Final = re.compile(r"<([a-z_]+)>")
_DEEPEST: Final = 20


def expand(template: str, slots: Slots, chance: random.Random) -> str:
    """Write a template out: slots first, because their fillings may hold alternatives; innermost braces first.

    What is not the name of a slot, such as ``<strong>``, stays as it is.
    """
    text = template
    for _ in range(_DEEPEST):
        filled = _SLOT.sub(lambda slot: chance.choice(slots.get(slot.group(1), (slot.group(),))), text)
        filled = _CHOICE.sub(lambda choice: chance.choice(choice.group(1).split("|")), filled)
        if filled == text:
            return text
        text = filled
    message = f"the template does not come to an end: {template!r}"
    raise ValueError(message)
