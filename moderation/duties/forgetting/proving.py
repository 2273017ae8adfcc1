"""What is said and signed about an erasure: what went, what stays and until when; it erases nothing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from moderation.clock import Id
from moderation.judging.retention import RECEIPT_AFTER
from moderation.seal import Seal
from moderation.storage.answers import KEPT
from moderation.storage.erasing import Horizon
from moderation.storage.fields_of_rights import PASS_LIFE
from moderation.vocabulary import ErasedBy

FORMAT: Final = "candor-erasure-1"
PLACES: Final[Mapping[str, str]] = {
    "comments": "the text, the name, the addresses and everything else in the comment's own row",
    "search": "its words in the index of words",
    "decisions": "the decisions about it, with their reasons and scores",
    "events": "the events about it",
    "labels": "what people had said that it was",
    "audits": "that it was drawn by chance, and what was found",
    "reports": "readers' complaints about it",
    "notes": "moderators' notes on it",
    "second_looks": "second looks at decisions about it",
    "claims": "who was looking at it",
    "appeals": "appeals, with their texts and answers",
    "alike_marks": "marks by which nearly the same texts are found",
}
"""The places that are emptied, by table, in readers' words."""
TOMBSTONE: Final = (
    "A line without text or name: the comment's id, the comment that it answers, who had it removed, and the month."
)
RECEIPT: Final = "The receipt opens and says that the comment was removed."
MOMENT: Final = "The moment at which it was removed; after that the month."
PASSES: Final = "Mailed keys to the receipt, if somebody asked for them."
FIGURES: Final = "Counts of the month, in which this comment is one of many."
TRACES: Final = (
    "What this website's model learnt from it: the background loop takes it back, also where the model is in use."
)
LOOSE_TRACES: Final = "What this website's model learnt from it, as hashes that no longer name the comment."
ANSWERS: Final = "A locked answer to the website, if it asked for one to be kept: nobody can find it by the comment."
BYTES: Final = "Deleted bytes in the database's own files: the background loop has them written over."
COPIES: Final = "Copies of everything that were taken before."
UNKNOWN_COPIES: Final = "Copies of everything that were taken before; by when they go, the operator has not said."
WEBSITE: Final = (
    "The website's own copy, and copies elsewhere: this service cannot reach them. "
    "If the website sends the comment again, it is stored here as a new one."
)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Something that stays, in readers' words, and until when; None where no end is set or known."""

    what: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What this service did to one comment, and its signature over that; `removed` counts the rows of each place.

    Of one that is made later only what is known then: `removed` is None, and `erased_at` too where only the month
    `erased_in` is left.
    """

    receipt: str
    comment_id: Id
    site: str
    erased_by: ErasedBy
    erased_at: datetime | None
    erased_in: datetime
    stated_at: datetime
    removed: Mapping[str, int] | None
    remains: tuple[Remaining, ...]
    public_key: bytes
    signature: bytes

    @property
    def places(self) -> tuple[str, ...]:
        """What was emptied, in readers' words."""
        return tuple(PLACES[name] for name in PLACES if self.removed and self.removed.get(name))

    def as_json(self) -> dict[str, Any]:
        """Returns the proof with its signature: Ed25519 over the rest as JSON with sorted keys and without spaces."""
        return self.said() | {
            "signature": {
                "algorithm": "Ed25519",
                "public_key": base64.b64encode(self.public_key).decode(),
                "value": base64.b64encode(self.signature).decode(),
            }
        }

    def said(self) -> dict[str, Any]:
        """Returns what is signed; what is not known is not in it."""
        when = {"erased_at": _moment(self.erased_at)} if self.erased_at else {"erased_in": f"{self.erased_in:%Y-%m}"}
        gone = {PLACES[name]: count for name, count in (self.removed or {}).items() if count}
        return {
            "format": FORMAT,
            "receipt": self.receipt,
            "comment_id": str(self.comment_id),
            "site": self.site,
            "erased_by": self.erased_by.value,
            **when,
            "stated_at": _moment(self.stated_at),
            **({} if self.removed is None else {"removed": gone}),
            "remains": [{"what": one.what, "until": one.until and _moment(one.until)} for one in self.remains],
        }


def canonical(said: Mapping[str, Any]) -> bytes:
    """Returns the bytes that are signed."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def signed(seal: Seal, **said: Any) -> Proof:  # noqa: ANN401 - the fields of a proof
    """Returns a proof with this service's signature."""
    bare = Proof(**said, public_key=seal.public_key, signature=b"")
    return Proof(**said, public_key=seal.public_key, signature=seal.sign(canonical(bare.said())))


def remaining(
    by: ErasedBy, *, erased_at: datetime | None, copies: Horizon, traces: int, now: datetime
) -> tuple[Remaining, ...]:
    """Returns what stays of a comment; of what ends some time after the erasure, only where that is still to come."""
    stays = [*_for_a_while(erased_at, now), Remaining(TOMBSTONE), Remaining(FIGURES), Remaining(BYTES)]
    if traces:
        stays.append(Remaining(LOOSE_TRACES if by is ErasedBy.RETENTION else TRACES))
    if copies.copies:
        stays.append(Remaining(COPIES if copies.until else UNKNOWN_COPIES, copies.until))
    return (*stays, Remaining(WEBSITE))


def _for_a_while(erased_at: datetime | None, now: datetime) -> list[Remaining]:
    """What stays for a time from the erasure on; once its moment is not known any more, all of that is over."""
    if erased_at is None:
        return []
    stays = {RECEIPT: RECEIPT_AFTER, MOMENT: RECEIPT_AFTER, PASSES: PASS_LIFE, ANSWERS: KEPT}
    ends = [Remaining(what, erased_at + life) for what, life in stays.items()]
    return [one for one in ends if one.until is not None and one.until > now]


def _moment(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
