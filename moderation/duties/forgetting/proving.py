"""What is said and signed about an erasure: what went, what stays and until when; it erases nothing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage.erasing import Horizon
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
    "passes": "further keys to its receipt",
    "alike_marks": "marks by which nearly the same texts are found",
}
"""The places that are emptied, by table, in readers' words."""
TOMBSTONE: Final = (
    "A line without text or name: the comment's id, the comment that it answers, who had it removed, and the month."
)
RECEIPT: Final = "The receipt opens and says that the comment was removed."
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
    """What this service did to one comment, and its signature over that; `removed` counts the rows of each place."""

    receipt: str
    comment_id: Id
    site: str
    erased_by: ErasedBy
    erased_at: datetime
    removed: Mapping[str, int]
    remains: tuple[Remaining, ...]
    public_key: bytes
    signature: bytes

    @property
    def places(self) -> tuple[str, ...]:
        """What was emptied, in readers' words."""
        return tuple(PLACES[name] for name in PLACES if self.removed.get(name))

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
        """Returns what is signed."""
        return {
            "format": FORMAT,
            "receipt": self.receipt,
            "comment_id": str(self.comment_id),
            "site": self.site,
            "erased_by": self.erased_by.value,
            "erased_at": _moment(self.erased_at),
            "removed": {PLACES[name]: count for name, count in self.removed.items() if count},
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
    by: ErasedBy, *, receipt_until: datetime | None, copies: Horizon, traces: int, answers_until: datetime
) -> tuple[Remaining, ...]:
    """Returns what stays of a comment."""
    stays = [Remaining(RECEIPT, receipt_until), Remaining(TOMBSTONE), Remaining(FIGURES), Remaining(BYTES)]
    stays.append(Remaining(ANSWERS, answers_until))
    if traces:
        stays.append(Remaining(LOOSE_TRACES if by is ErasedBy.RETENTION else TRACES))
    if copies.copies:
        stays.append(Remaining(COPIES if copies.until else UNKNOWN_COPIES, copies.until))
    return (*stays, Remaining(WEBSITE))


def _moment(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
