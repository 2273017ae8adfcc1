"""The exact bytes of the dialect: words without a newline, always status 200 but for unknown verbs (akismet.md 5)."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Send

TEXT = "text/plain; charset=utf-8"
OK = 200
UNKNOWN_VERB = 404
THANKS = "Thanks for making the web a better place."
UNAVAILABLE = "Service temporarily unavailable."
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: body, headers beside the dialect's own, content type and status."""

    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = TEXT
    status: int = OK

    async def send(self, send: Send) -> None:
        """Sends it, with its length, so that HTTP/1.0 clients never meet chunks."""
        body = self.body.encode()
        headers = [
            (b"content-type", self.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-akismet-server", b"candor"),
            *((name.encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items()),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def word(text: str, **headers: str) -> Answer:
    """Returns a word such as `true`; a header's underscores stand for dashes."""
    return Answer(text, {name.replace("_", "-"): value for name, value in headers.items()})


def refusal(text: str, help_: str) -> Answer:
    """Returns an error; several clients throw whenever debug-help is present, so nothing else may carry it."""
    return Answer(text, {"x-akismet-debug-help": help_})


def invalid(help_: str) -> Answer:
    """Returns the answer to a bad key or blog."""
    return refusal("invalid", help_)


def unknown_verb(verbs: str) -> Answer:
    """Returns the answer to an address that the dialect does not have."""
    return Answer("Unknown endpoint.", {"x-akismet-debug-help": f"Known endpoints: {verbs}"}, status=UNKNOWN_VERB)


def as_json(value: object) -> Answer:
    """Returns a JSON answer without spaces, as the real service writes it."""
    return Answer(json.dumps(value, separators=(",", ":")), content_type="application/json")


def as_csv(title: str, rows: list[list[str]]) -> Answer:
    """Returns a title line and rows as CSV, cells guarded against being read as formulas (security.md 2.10)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return Answer(f"{title}\n{out.getvalue()}", content_type="text/csv; charset=utf-8")
