"""Which texts the pages for readers and writers say, and which of them a language's catalogue lacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from jinja2.ext import babel_extract

from moderation.web import language
from tests.support.source import PROJECT

ROOM: Final = PROJECT / "moderation/web/templates/public"
OPTIONS: Final = {"trimmed": "true", "silent": "false"}


def of_templates() -> Iterator[tuple[str, ...]]:
    """Yields every text of the public templates, whether a page shows it now or not; a plural one has two forms."""
    for path in sorted(ROOM.rglob("*.html")):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), OPTIONS):
                forms = message if isinstance(message, tuple) else (message,)
                yield tuple(" ".join(form.split()) for form in forms if form)


class Asked(dict[Any, Any]):
    """A catalogue's texts that remember what they were asked for in vain."""

    def __init__(self, texts: dict[Any, Any], missing: set[tuple[str, ...]]) -> None:
        super().__init__(texts)
        self._missing = missing

    def get(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self._missing.add(key if isinstance(key, tuple) else (key,))
        return super().get(key, default)


@contextmanager
def listening(code: str) -> Iterator[set[tuple[str, ...]]]:
    """Collects the texts that are said meanwhile in a language and that its catalogue lacks."""
    real, missing = language._catalogue(code), set[tuple[str, ...]]()
    heard = language.Catalogue(Asked(real.texts, missing), Asked(real.plurals, missing), real.review)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "_catalogue", lambda _: heard)
        yield missing


def lacking(code: str) -> set[tuple[str, ...]]:
    """Returns the texts of the templates that a language's catalogue lacks."""
    catalogue = language._catalogue(code)
    return {
        forms
        for forms in of_templates()
        if forms not in catalogue.plurals and (len(forms) > 1 or forms[0] not in catalogue.texts)
    }
