"""History as the first release wrote it: without the columns that say which moderator, what it undoes, which batch."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from moderation.seal import Seal

COLUMNS: Final = (
    "id",
    "site_id",
    "comment_id",
    "comment_version",
    "decided_at",
    "verdict",
    "actor",
    "reasons",
    "score",
    "band",
    "model_name",
    "model_version",
    "site_revision",
    "policy_version",
)


def old_digest(seal: Seal, previous: str, row: Mapping[str, Any]) -> str:
    """Returns a decision's digest by the formula of the first release, over the columns that it had."""
    said = {name: row[name] for name in COLUMNS}
    return seal.code("chain", previous, orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
