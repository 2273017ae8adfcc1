"""A comment as received: the thing that is judged; it does not know where it is stored or what was decided."""

from dataclasses import dataclass, field
from datetime import datetime

JUDGED_CODE_POINTS = 8_000
LIMITS = {
    "content": 65_536,
    "name": 250,
    "email": 320,
    "url": 2_048,
    "permalink": 2_048,
    "external_id": 255,
    "type": 64,
    "language": 64,
    "role": 64,
}


def is_storable(text: str) -> bool:
    """Returns whether both databases can hold a text: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment, as the blog says; every field is a claim and hostile."""

    name: str = ""
    email: str = ""
    url: str = ""
    ip: str = ""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """What a comment stands under: words of the page's own subject are no evidence of spam there.

    ``others`` are the texts of comments that are published there; a word that two of them share is the subject's.
    """

    title: str = ""
    tags: tuple[str, ...] = ()
    excerpt: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What the comment form noticed: a filled trap field, and the milliseconds from load to submit if known."""

    honeypot_filled: bool = False
    elapsed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as received; values that are too long or cannot be stored are refused at the doors: none exist here."""

    permalink: str
    content: str
    type: str = "comment"
    external_id: str | None = None
    parent_external_id: str | None = None
    page_external_id: str | None = None
    author: Author = field(default_factory=Author)
    submitted_at: datetime | None = None
    language: str = ""
    form: Form = field(default_factory=Form)
    page: Page = field(default_factory=Page)
    is_test: bool = False

    def __post_init__(self) -> None:
        author = self.author
        sized = [
            ("content", self.content),
            ("permalink", self.permalink),
            ("type", self.type),
            ("external_id", self.external_id),
            ("external_id", self.parent_external_id),
            ("external_id", self.page_external_id),
            ("name", author.name),
            ("email", author.email),
            ("url", author.url),
            ("language", self.language),
        ]
        sized += [("role", role) for role in author.roles]
        for name, value in sized:
            if value and (len(value) > LIMITS[name] or not is_storable(value)):
                raise ValueError(f"{name} is too long or cannot be stored (NUL, or half a surrogate pair)")
        if self.submitted_at is not None and self.submitted_at.tzinfo is None:
            raise ValueError("submitted_at must know its zone")

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to judge: no text, no name, no address."""
        return not (self.content.strip() or self.author.name.strip() or self.author.url.strip())
