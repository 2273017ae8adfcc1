"""What blogs are given to point readers here: short files that use the names which other programs really have."""

import re
import shutil
import subprocess

import pytest

from tests.support import factories
from tests.support.asgi import Service
from tests.support.source import PROJECT

FOLDER = PROJECT / "docs/wordpress"
GUIDE = (PROJECT / "docs/notice.md").read_text(encoding="utf-8")


def test_the_plugin_that_repoints_the_link_has_eight_lines():
    code = (FOLDER / "candor-notice.php").read_text(encoding="utf-8")
    assert len(code.splitlines()) == 8
    assert code.startswith("<?php\n")
    for filter_ in ("akismet_comment_form_privacy_notice", "akismet_comment_form_privacy_notice_markup"):
        assert f"add_filter( '{filter_}'," in code
    assert "Learn how your comment data is processed" in code


@pytest.mark.parametrize("name", ["candor-notice.php", "candor-receipt.php"])
def test_the_plugins_are_whole(name: str):
    code = (FOLDER / name).read_text(encoding="utf-8")
    for opening, closing in ("()", "{}", "[]"):
        assert code.count(opening) == code.count(closing)
    if shutil.which("php"):
        subprocess.run(["php", "-l", FOLDER / name], check=True, capture_output=True)


def test_the_receipt_that_the_plugin_asks_for_is_in_the_header_that_it_reads(service: Service):
    code = (FOLDER / "candor-receipt.php").read_text(encoding="utf-8")
    asked = re.search(r"'&(\w+)=1'", code)
    read = re.search(r"\$response\[0\]\['([\w-]+)'\]", code)
    assert asked
    assert read
    form = dict(factories.akismet(service.akismet_key))
    told = service.post("/1.1/comment-check", data=form | {asked[1]: "1"})
    assert "/receipt#" in told.headers[read[1]]
    other = {"comment_content": "Some other words", asked[1]: ""}
    assert read[1] not in service.post("/1.1/comment-check", data=form | other).headers


def test_each_address_of_the_guide_is_there(service: Service):
    named = set(re.findall(r"`(/[\w{}./-]+)`", GUIDE))
    service.post("/api/v1/comments", json=factories.native(), headers=service.bearer)
    for path in named:
        asked = path.replace("{site}", str(service.site.id)).replace("{number}", "1")
        assert service.get(asked, headers=service.bearer).status_code == 200, path
    assert len(named) > 10
