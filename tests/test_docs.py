"""What the documents show is what the program does: the README's call is made, and its answer compared."""

import json
import re

from tests.support.source import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
SENT = json.loads(re.search(r"-d '(\{.*?\})'", README, re.DOTALL)[1])
SHOWN = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])
CHANGING = {"id", "notice_version", "receipt"}


def test_the_readme_shows_the_real_answer_to_its_call(service):
    answer = service.post("/api/v1/comments", json=SENT, headers=service.bearer).json()
    assert {name: value for name, value in answer.items() if name not in CHANGING} == {
        name: value for name, value in SHOWN.items() if name not in CHANGING
    }
    assert answer.keys() == SHOWN.keys()
    assert re.sub("#.*", "", answer["receipt"]["url"]) == re.sub("#.*", "", SHOWN["receipt"]["url"])


def test_the_readme_is_short_and_its_links_lead_somewhere():
    assert len(README.splitlines()) < 150
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_the_documents_links_lead_somewhere():
    broken = {
        f"{path.name}: {link}"
        for path in (PROJECT / "docs").rglob("*.md")
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    }
    assert broken == set()


def test_every_picture_is_shown_and_at_both_widths():
    shown = set(re.findall(r"pictures/([\w-]+)\.png", (PROJECT / "docs/moderating.md").read_text(encoding="utf-8")))
    taken = {path.stem for path in (PROJECT / "docs/pictures").glob("*.png")}
    assert taken == shown
    pages = {name.removesuffix("-1366") for name in taken if name.endswith("-1366")}
    assert pages == {name.removesuffix("-320") for name in taken if name.endswith("-320")}
