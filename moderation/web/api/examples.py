"""What the reference shows: one body and one answer of each kind, as they really look; a test compares them."""

from typing import Any, Final

COMMENT: Final[dict[str, Any]] = {
    "permalink": "https://blog.example/post/1",
    "content": "Thank you for the recipe, my children loved the soup.",
    "type": "comment",
    "external_id": "blog-42",
    "author": {
        "name": "Ann",
        "email": "ann@example.org",
        "url": "https://ann.example",
        "ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
    },
    "submitted_at": "2026-11-22T10:00:00Z",
    "language": "en",
    "form": {"honeypot": "", "elapsed_ms": 5400},
    "context": {"title": "Pumpkin soup", "tags": ["soup", "autumn"], "excerpt": "A soup for November."},
}
_REASONS: Final = [
    {
        "code": "model.text",
        "text": "The wording is like that of comments that were welcome elsewhere.",
        "weight": -1.8469,
        "spans": [{"field": "content", "start": 0, "end": 9}],
    }
]
JUDGED: Final[dict[str, Any]] = {
    "verdict": "publish",
    "score": 0.004,
    "band": "likely_fine",
    "reasons": _REASONS,
    "model": {"name": "base-spam", "version": "2026.11.1", "site_revision": 0},
    "notice_version": "d4916641bd34414fbf9380caa7ed18a900207a74f8397bbf2410fd23c66d61af",
}
SUBMITTED: Final[dict[str, Any]] = {
    "id": "01a2047b-f448-7899-8765-41449f6a0624",
    "version": 1,
    "state": "published",
    **JUDGED,
    "receipt": {"url": "https://comments.example.org/receipt#Q1SFZ4RNAWZF.N4DEGM63DJ7XFMK3F05FMPHZKT"},
}
DECISION: Final[dict[str, Any]] = {"verdict": "remove", "label": "spam", "reason": "An advertisement."}
REPORT: Final[dict[str, Any]] = {"category": "insult", "reporter": "reader-4711"}
REPORTED: Final[dict[str, Any]] = {"id": "01a2047b-f448-7899-8765-41449f6a0624", "counted": True}
DECIDED: Final[dict[str, Any]] = {
    "id": "01a2047b-f448-7899-8765-41449f6a0624",
    "version": 2,
    "state": "removed",
    "verdict": "remove",
    "reasons": [{"code": "blog.spam", "text": "An advertisement.", "weight": 0.0, "spans": []}],
}
