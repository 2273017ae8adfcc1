"""Which site a reader means, and which sites let themselves be named; it knows no fact of them."""

from collections.abc import Collection

from moderation.clock import parse_id
from moderation.errors import NotFound
from moderation.storage import comments
from moderation.storage.database import Db
from moderation.storage.directory import Directory
from moderation.storage.sites import Site


def find_site(sites: Collection[Site], name: str) -> Site:
    """Returns the site that a reader means: by id, or by the host name of its home where one site alone has it.

    Raises:
        NotFound: for no such site, or for a host name that several sites share.
    """
    return _the_one(_meant(sites, name))


def find_told(db: Db, directory: Directory, name: str) -> Site:
    """Returns the same; or a closed site whose comments are still here, where no open one is meant.

    Raises:
        NotFound: as for `find_site`.
    """
    return _the_one(_meant(directory.sites.values(), name) or _meant(closed(db, directory), name))


def told_of(db: Db, directory: Directory) -> tuple[Site, ...]:
    """Returns every site that has a notice: the open ones, and those that are closed and still have comments."""
    return (*directory.sites.values(), *closed(db, directory))


def closed(db: Db, directory: Directory) -> tuple[Site, ...]:
    """Returns the closed sites whose comments are still here."""
    return tuple(site for site in directory.closed.values() if comments.are_left(db, site_id=site.id))


def _meant(sites: Collection[Site], name: str) -> list[Site]:
    id_, host = parse_id(name), name.lower().rstrip(".")
    return [site for site in sites if site.id == id_ or (host and site.host == host)]


def _the_one(found: list[Site]) -> Site:
    if len(found) != 1:
        raise NotFound("There is no notice under this address; /comment-data lists the sites.", code="site.not_found")
    return found[0]


def listed(sites: Collection[Site]) -> tuple[Site, ...]:
    """Returns the sites that let themselves be named, in the order of their names."""
    return tuple(sorted((site for site in sites if site.is_listed), key=lambda site: (site.name.casefold(), site.host)))
