"""A page's form as it was sent: names and values, bounded, never trusted; it knows no form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from moderation.errors import Invalid

MOST_FIELDS: Final = 2_000
_DIGITS: Final = 15  # no more than a database's whole number has, and none that takes long to read


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form holds; `raw` are its bytes, by which a repeated request is known."""

    values: Mapping[str, tuple[str, ...]]
    raw: bytes

    def get(self, name: str) -> str:
        """Returns a field's last value, "" where it was not sent."""
        return self.values.get(name, ("",))[-1]

    def every(self, name: str) -> tuple[str, ...]:
        """Returns all values of a field, in order."""
        return self.values.get(name, ())

    def has(self, name: str) -> bool:
        """Returns whether a box was ticked."""
        return bool(self.get(name))

    def whole(self, name: str) -> int | None:
        """Returns a field's last value as a whole number from 0, None where it is no such number, or a huge one."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None

    def beginning(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yields the fields whose names begin so, without that beginning."""
        for name in self.values:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), self.get(name)


def parsed(raw: bytes) -> Fields:
    """Returns the fields of a form's bytes; raises Invalid for too many, and for NUL, which PostgreSQL cannot hold."""
    try:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Invalid(f"A form has at most {MOST_FIELDS:,} fields.") from None
    if any("\x00" in value for _, value in pairs):
        raise Invalid("A field holds the character NUL. Take it out, then send the form again.")
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        values[name] = (*values.get(name, ()), value)
    return Fields(values, raw)


async def _read(request: Request) -> Fields:
    return parsed(await request.body())


Form = Annotated[Fields, Depends(_read)]
