"""What clients send, field by field, and how it becomes a comment; it judges nothing and knows no row."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from moderation.clock import Id, parse_id
from moderation.errors import FieldFault, Invalid
from moderation.judging.comment import JUDGED_CODE_POINTS, LIMITS, Author, Comment, Form, Page
from moderation.judging.network import normal_ip
from moderation.judging.rows import moment_of

TAGS: Final = 50
TITLE_CODE_POINTS: Final = 500
TAG_CODE_POINTS: Final = 100


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold the character NUL")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _address(text: str) -> str:
    ip = normal_ip(text)
    if text.strip() and not ip:
        raise ValueError("must be an IPv4 or IPv6 address, such as 192.0.2.7")
    return ip


def _moment(value: object) -> object:
    moment = moment_of(value)
    if moment is None and value is not None:
        raise ValueError("must be an RFC 3339 time with its zone, such as 2026-11-22T10:00:00Z")
    return moment


_NO_NUL: Final = AfterValidator(_without_nul)
"""Stands behind a text's length: before it, pydantic would count `items` where people count characters."""
Text = Annotated[str, _NO_NUL]
Name = Annotated[str, Field(max_length=LIMITS["name"]), _NO_NUL]
Email = Annotated[str, Field(max_length=LIMITS["email"]), _NO_NUL]
Url = Annotated[str, Field(max_length=LIMITS["url"]), _NO_NUL]
Content = Annotated[str, Field(max_length=LIMITS["content"]), _NO_NUL]
Permalink = Annotated[str, Field(min_length=1, max_length=LIMITS["permalink"]), _NO_NUL, AfterValidator(_said)]
ExternalId = Annotated[str, Field(max_length=LIMITS["external_id"]), _NO_NUL]
Word = Annotated[str, Field(max_length=LIMITS["type"]), _NO_NUL]
Sentence = Annotated[str, Field(max_length=2_000), _NO_NUL]
Reporter = Annotated[str, Field(min_length=1, max_length=LIMITS["external_id"]), _NO_NUL]
Address = Annotated[str, Field(max_length=64), AfterValidator(_address)]
Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
]


class _Sent(BaseModel):
    """Types are not guessed (`"5"` is no number), unknown names are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class AuthorSent(_Sent):
    """Who wrote the comment, as the website knows it. E-mail and address are stored only as a code and a prefix."""

    name: Name | None = Field(default=None, examples=["Ann"])
    email: Email | None = Field(default=None, examples=["ann@example.org"])
    url: Url | None = Field(default=None, examples=["https://ann.example"])
    ip: Address | None = Field(default=None, examples=["192.0.2.7"])
    user_agent: str | None = Field(default=None, description="Neither judged nor stored.", examples=["Mozilla/5.0"])
    role: Word | None = Field(
        default=None, description="`administrator` is published unjudged where the site allows it."
    )


class FormSent(_Sent):
    """What the comment form noticed."""

    honeypot: Text | None = Field(
        default=None, description="A field that people cannot see; filled in, it speaks for a robot."
    )
    elapsed_ms: float | None = Field(default=None, ge=0, le=1e12, description="From loading the form to sending it.")


class ContextSent(_Sent):
    """What the comment stands under: words of the page's own subject are no evidence of spam there. Not stored."""

    title: Text | None = Field(default=None, description=f"Its first {TITLE_CODE_POINTS} characters are looked at.")
    tags: list[Text] | None = Field(default=None, description=f"The first {TAGS} are looked at.")
    excerpt: Text | None = Field(default=None, description=f"Its first {JUDGED_CODE_POINTS} characters are looked at.")


class CommentSent(_Sent):
    """A comment to judge; only `permalink` and `content` are required; null means the same as leaving a field out."""

    permalink: Permalink = Field(description="The page's address, the same for all of its comments.")
    content: Content = Field(description=f"Its first {JUDGED_CODE_POINTS} are judged.")
    type: Word | None = Field(default=None, description="`comment` where left out; also `reply`, `contact-form`, …")
    parent_id: str | None = Field(
        default=None, max_length=64, description="The comment that this one answers, by our id."
    )
    external_id: ExternalId | None = Field(
        default=None,
        description="Your own id. Sending the same one again means the same comment, with new words an edit.",
    )
    author: AuthorSent | None = None
    submitted_at: Moment = Field(default=None, description="RFC 3339 with a zone.", examples=["2026-11-22T10:00:00Z"])
    language: Word | None = Field(default=None, examples=["en"])
    form: FormSent | None = None
    context: ContextSent | None = None

    def comment(self) -> Comment:
        """Returns the comment to judge."""
        form = self.form or FormSent()
        return Comment(
            permalink=self.permalink,
            content=self.content,
            type=self.type or "comment",
            external_id=self.external_id or None,
            author=_author(self.author or AuthorSent()),
            submitted_at=self.submitted_at,
            language=self.language or "",
            form=Form(bool(form.honeypot), None if form.elapsed_ms is None else int(form.elapsed_ms)),
            page=_page(self.context or ContextSent()),
        )

    def parent(self) -> Id | None:
        """Returns the comment that this one answers; raises Invalid where the text is no id at all."""
        if not self.parent_id:
            return None
        parent = parse_id(self.parent_id)
        if parent is None:
            message = "The parent is no comment of this site; send its id as this service gave it."
            raise Invalid(message, faults=(FieldFault("parent_id", message),), code="parent.not_found")
        return parent


class DecisionSent(_Sent):
    """What the website's people decided about a comment."""

    verdict: Literal["publish", "hold", "remove"]
    label: Literal["ham", "spam"] | None = Field(
        default=None, description="What the comment truly was, for the program to learn from."
    )
    reason: Sentence | None = Field(default=None, description="For the author, in plain words.")


class ReportSent(_Sent):
    """What a reader complains of; `reporter` is any name by which the website tells its readers apart."""

    category: Literal[
        "spam",
        "insult",
        "harassment",
        "hate",
        "threat",
        "sexual",
        "off_topic",
        "misinformation",
        "personal_data",
        "other",
    ]
    reporter: Reporter = Field(description="Kept only as a keyed code, so that one reader counts once.")


def _author(sent: AuthorSent) -> Author:
    roles = frozenset({sent.role.lower()[: LIMITS["role"]]}) if sent.role else frozenset()
    return Author(name=sent.name or "", email=sent.email or "", url=sent.url or "", ip=sent.ip or "", roles=roles)


def _page(sent: ContextSent) -> Page:
    tags = tuple(tag[:TAG_CODE_POINTS] for tag in (sent.tags or ())[:TAGS])
    return Page((sent.title or "")[:TITLE_CODE_POINTS], tags, (sent.excerpt or "")[:JUDGED_CODE_POINTS])
