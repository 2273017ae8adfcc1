"""What the web alone knows of the facts that the notice tells: its doors, what it sends to everyone, its limiter."""

import re
from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from moderation.duties.reporting import Surroundings
from moderation.web import limiting, pages
from moderation.web.api.threads import Reply, Writer

_STORES: Final = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|cookieStore")
_CONSOLE: Final = "console"
_PEOPLE: Final = "author"
_NO_COLUMNS: Final = frozenset({"author", "replies", "erased"})
"""Other forms nested in one, and the sentence for `erased_by`."""


def surroundings(app: FastAPI) -> Surroundings:
    """Returns what can be seen of a service from its doors."""
    return Surroundings(
        routes=frozenset(_doors(app)),
        public_columns=frozenset(_public()),
        limit_window=limiting.window(),
        browser_storage=frozenset(_left_in_browsers()),
    )


def _doors(app: FastAPI) -> set[str]:
    contexts = iter_route_contexts(app.routes)
    return {f"{method} {context.path}" for context in contexts for method in context.methods or ()}


def _public() -> set[str]:
    """The stored columns behind what is sent of a published comment."""
    own = {f"comments.{name}" for name in Reply.model_fields if name not in _NO_COLUMNS}
    return own | {f"comments.{_PEOPLE}_{name}" for name in Writer.model_fields}


def _left_in_browsers() -> set[str]:
    """What the scripts of pages for readers and writers use to keep something in a browser."""
    scripts = {name: asset for name, asset in pages.assets().items() if name.endswith(".js")}
    return {
        found
        for name, asset in scripts.items()
        if not name.startswith(_CONSOLE)
        for found in _STORES.findall(asset.body.decode("utf-8"))
    }
