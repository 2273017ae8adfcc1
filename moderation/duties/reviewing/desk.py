"""Who sits where: a person at one site with their roles there, and the service's secret."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from moderation.clock import Id
from moderation.judging.capabilities import Action, may, permit
from moderation.seal import Seal
from moderation.storage.sites import Site
from moderation.vocabulary import Actor, Role

BY: Final = {Actor.POLICY: "The program", Actor.BLOG: "The website", Actor.AUTHOR: "The writer"}
"""Who decided, in words, where it was no moderator."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A moderator at work at one site."""

    seal: Seal = field(repr=False)
    site: Site
    moderator_id: Id
    roles: Collection[Role]

    @property
    def site_id(self) -> Id:
        """The site."""
        return self.site.id

    @property
    def reporter_code(self) -> str:
        """The keyed code under which this moderator's labels are kept."""
        return self.seal.code("reporter", str(self.site_id), str(self.moderator_id))

    def may(self, action: Action) -> bool:
        """Returns whether the person may do something here."""
        return may(self.roles, action)

    def permit(self, action: Action) -> None:
        """Raises Forbidden where the person may not do something here."""
        permit(self.roles, action)


def lasted(past: timedelta) -> str:
    """Returns how long something lasted, in the largest unit that it filled: `4 s`, `3 minutes`, `2 days`."""
    seconds = max(int(past.total_seconds()), 0)
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} s"
