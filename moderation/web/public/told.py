"""A site's notice as one request sees it: found by the site's name, and as what its faces have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from moderation import clock
from moderation.duties import reporting
from moderation.judging.facts import Notice
from moderation.runtime import Db, Site
from moderation.web import language
from moderation.web.deps import Doors

READ: Final = ["GET", "HEAD"]
FRESH: Final = {"cache-control": "no-cache"}
SECTIONS: Final = {
    "who": "Who answers for this",
    "steps": "What happens to a comment",
    "kept": "What is kept",
    "why": "Why",
    "model": "The machine’s part",
    "counts": "Figures",
    "readers": "Who else gets it",
    "long": "How long",
    "object": "You can object",
    "choices": "Your choices",
    "appeals": "If you disagree",
    "protection": "How it is protected",
    "signals": "What your browser can ask for",
    "limits": "Limits",
    "unknown": "What we cannot tell you",
}
MEASURED: Final = {
    "measured.automation_share": "Held or refused by a program alone",
    "measured.overturned": "Of those that a person looked at, put right",
    "measured.missed": "Unwelcome comments that were published",
}
STATE_WORDS: Final = {"published": "Published", "held": "Held", "removed": "Refused", "erased": "Erased"}
KINDS_KEPT: Final = {
    "published": "Published",
    "checked": "Published, and sent by Akismet's protocol",
    "held": "Held",
    "removed": "Refused",
    "network": "The network address",
}
IN_SHORT: Final = {
    "see it": "see",
    "ask for another look": "appeal",
    "correct it": "correct",
    "export it": "export",
    "erase it": "erase",
    "object to learning from it": "object",
    "stop its deletion": "freeze",
}
"""What a receipt lets its holder do, in one word each, for the answer in short."""
OBJECT: Final = "object"


@dataclass(frozen=True, slots=True)
class Told:
    """A site's notice as one request sees it."""

    site: Site
    notice: Notice
    at: datetime
    address: str

    @property
    def path(self) -> str:
        """Where the notice's page is found."""
        return f"/sites/{self.site.id}/comment-data"

    @property
    def url(self) -> str:
        """The page's whole address."""
        return f"{self.address}{self.path}"

    def url_in(self, code: str) -> str:
        """Returns the page's whole address in a language."""
        return self.url if code == language.SOURCE else f"{self.url}?lang={code}"

    @property
    def failed(self) -> Mapping[str, str]:
        """What is not true right now, by the fact's id."""
        return self.notice.failed

    def value(self, id_: str) -> Any:  # noqa: ANN401 - any fact's value
        """Returns a fact's value, or None for a fact that is not known or not told here."""
        fact = self.notice.by_id.get(id_)
        return fact.value if fact else None

    @property
    def rights(self) -> tuple[str, ...]:
        """What a receipt lets its holder do, in the reader's words."""
        return tuple(right for right, there in (self.value("receipt.can") or {}).items() if there)

    def as_context(self) -> dict[str, object]:
        """Returns what every template about a notice may use; facts are read through `fact`."""
        facts = self.notice.by_id
        return {
            "fact": facts.__getitem__,
            "ids": tuple(facts),
            "shown": [],
            "failed": self.failed,
            "unknown": self.notice.unknown,
            "version": self.notice.version,
            "site": self.site,
            "path": self.path,
            "url": self.url,
            "url_in": self.url_in,
            "now": self.at,
            "rights": tuple(IN_SHORT.get(right, right) for right in self.rights),
            "can_object": any(OBJECT in right for right in self.rights),
            "all_open": False,
        }


def named(doors: Doors, db: Db, name: str) -> Told:
    """Returns the notice of the site that a reader means, by id or host, also of a closed one with comments left.

    Raises:
        NotFound: for no such site, or for a host name that several sites share.
    """
    return of_site(doors, db, reporting.find_told(db, doors.runtime.directory.fresh(db), name))


def named_open(doors: Doors, db: Db, name: str) -> Told:
    """Returns the same of an open site alone: a closed one has no form.

    Raises:
        NotFound: as for `named`.
    """
    return of_site(doors, db, reporting.find_site(doors.runtime.directory.fresh(db).sites.values(), name))


def of_site(doors: Doors, db: Db, site: Site) -> Told:
    """Returns a site's notice, its figures counted now."""
    now = clock.now()
    notice = doors.reporting.notice(db, site=site, now=now)
    return Told(site, notice, now, doors.runtime.settings.base_url)
