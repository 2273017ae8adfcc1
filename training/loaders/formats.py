"""The corpora by name: reads one into rows, and writes rows as the project's compressed JSON lines."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from training.loaders.enron import enron
from training.loaders.jigsaw import jigsaw
from training.loaders.rows import LoaderError, Row
from training.loaders.trec import trec
from training.loaders.uci import sms, youtube

FORMATS: Final[dict[str, Callable[[Path], Iterator[Row]]]] = {
    "trec": trec,
    "jigsaw": jigsaw,
    "enron": enron,
    "youtube": youtube,
    "sms": sms,
}


def read(name: str, path: Path) -> Iterator[Row]:
    """The rows of a corpus, one at a time, in its own order; raises ``LoaderError`` where the layout is another."""
    loader = FORMATS.get(name)
    if loader is None:
        raise LoaderError(f"no format is called that; there are {', '.join(FORMATS)}")
    if not path.exists():
        raise LoaderError(f"{path}: no such file or directory")
    return loader(path)


def write_jsonl(rows: Iterable[Row], out: Path) -> int:
    """Writes rows to a ``.jsonl.gz`` file and returns how many; same rows, same bytes.

    The file appears under its name only when it is whole; a failure on the way leaves nothing.
    """
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with unfinished.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            count = 0
            for row in rows:
                packed.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                count += 1
        unfinished.replace(out)
    except OSError as error:
        raise LoaderError(f"{out}: {(error.strerror or 'cannot be written').lower()}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count
