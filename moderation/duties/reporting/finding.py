"""Which site a reader means, and which sites let themselves be named; it knows no fact of them."""

from collections.abc import Collection

from moderation.clock import parse_id
from moderation.errors import NotFound
from moderation.storage.sites import Site


def find_site(sites: Collection[Site], name: str) -> Site:
    """Returns the site that a reader means: by id, or by the host name of its home where one site alone has it.

    Raises:
        NotFound: for no such site, or for a host name that several sites share.
    """
    id_, host = parse_id(name), name.lower().rstrip(".")
    found = [site for site in sites if site.id == id_ or (host and site.host == host)]
    if len(found) != 1:
        raise NotFound("There is no notice under this address; /comment-data lists the sites.", code="site.not_found")
    return found[0]


def listed(sites: Collection[Site]) -> tuple[Site, ...]:
    """Returns the sites that let themselves be named, in the order of their names."""
    return tuple(sorted((site for site in sites if site.is_listed), key=lambda site: (site.name.casefold(), site.host)))
