"""The two UCI spam collections from their original zip files: comments under videos and text messages."""

import html
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from training.loaders.archives import archive
from training.loaders.reading import lines, records
from training.loaders.rows import LoaderError, Row, row

YOUTUBE_COLUMNS: Final = ("COMMENT_ID", "AUTHOR", "DATE", "CONTENT", "CLASS")
YOUTUBE_LABELS: Final = {"0": "ham", "1": "spam"}
VIDEOS: Final = {  # file name -> the video's id, as the collection's page lists them
    "Youtube01-Psy": "9bZkp7q19f0",
    "Youtube02-KatyPerry": "CevxZvSJLk8",
    "Youtube03-LMFAO": "KQ6zr6kCPj8",
    "Youtube04-Eminem": "uelHwf8o7_U",
    "Youtube05-Shakira": "pRpeEdMmmQ0",
}
SMS_MEMBER: Final = "SMSSpamCollection"
SMS_LABELS: Final = ("ham", "spam")


def youtube(path: Path) -> Iterator[Row]:
    """The comments of YouTube-Spam-Collection-v1.zip, file by file; HTML entities and stray byte-order marks go."""
    with archive(path) as zipped:
        members = sorted(_named(zipped, "Youtube", ".csv"), key=lambda member: _name(member).name)
        if not members:
            raise LoaderError(f"{path}: holds no file Youtube*.csv")
        seen: dict[str, int] = {}
        for member in members:
            name = _name(member).name
            with zipped.open(member) as file:
                for record in records(file, f"{path}: {name}", YOUTUBE_COLUMNS):
                    yield _comment(record, name, seen)


def sms(path: Path) -> Iterator[Row]:
    """The messages of smsspamcollection.zip: a label, a tab and a text on each line."""
    with archive(path) as zipped:
        member = next(iter(_named(zipped, SMS_MEMBER, "")), None)
        if member is None:
            raise LoaderError(f"{path}: holds no file {SMS_MEMBER}")
        with zipped.open(member) as file:
            for number, line in enumerate(lines(file, f"{path}: {SMS_MEMBER}")):
                if line.strip():
                    yield _message(line, number, f"{path}: {SMS_MEMBER}, line {number + 1}")


def _name(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename)


def _named(zipped: zipfile.ZipFile, start: str, end: str) -> list[zipfile.ZipInfo]:
    """Members of a name, without the shadow copies that macOS adds."""
    return [
        member
        for member in zipped.infolist()
        if "__MACOSX" not in _name(member).parts
        and _name(member).name.startswith(start)
        and _name(member).name.endswith(end)
        and not member.is_dir()
    ]


def _comment(record: dict[str, str], name: str, seen: dict[str, int]) -> Row:
    """A record as a row; a few comments of the collection share an id, later ones get a suffix."""
    label = YOUTUBE_LABELS.get(record["CLASS"].strip())
    if label is None:
        raise LoaderError(f"{name}: a CLASS that is neither 0 nor 1")
    identity = record["COMMENT_ID"]
    seen[identity] = count = seen.get(identity, 0) + 1
    video = VIDEOS.get(PurePosixPath(name).stem)
    return row(
        identity if count == 1 else f"{identity}.{count}",
        _plain(record["CONTENT"]).strip(),
        label,
        author=_plain(record["AUTHOR"]),
        permalink=f"https://www.youtube.com/watch?v={video}" if video else None,
        created_at=_time(record["DATE"]),
        group=video or PurePosixPath(name).stem,
    )


def _plain(text: str) -> str:
    return html.unescape(text).replace("\ufeff", "")


def _time(text: str) -> str | None:
    """The time as stated, without a zone; 245 comments have none."""
    try:
        return datetime.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return None


def _message(line: str, number: int, where: str) -> Row:
    label, tab, text = line.rstrip("\r\n").partition("\t")
    if label not in SMS_LABELS or not tab:
        raise LoaderError(f"{where}: expected ham or spam, a tab and a text")
    return row(f"sms-{number}", html.unescape(text), label, language="en")
