"""Published Node.js clients, unmodified, against a serving process: what each makes of Candor's answers."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.dialect import UNWELCOME, WELCOME
from tests.support.serving import HOME_URL, Server

FOLDER = Path(__file__).parent
PATIENCE = 60
THANKS = "Thanks for making the web a better place."
HOLDS = {"ham": False, "spam": True, "wrongKey": False, "corrected": False, "correctedBack": True}
KNOWS = {"verified": True, "rejected": False, "submitHam": "done", "submitSpam": "done"}
EXPECTED = {
    "cedx": KNOWS
    | {
        "ham": "ham",
        "spam": "spam",
        "testedSpam": "spam",
        "discard": "pervasiveSpam",
        "wrongKey": "error: Invalid key",
        "corrected": "ham",
        "correctedBack": "spam",
        "wrongSubmit": "error: Invalid key",
    },
    "akismet-api": KNOWS
    | HOLDS
    | {
        "submitHam": THANKS,
        "submitSpam": THANKS,
        "honeypot": True,
        "noAddress": 'error: Empty "user_ip" value',
        "wrongKey": "error: Invalid API key",
    },
    "akismet": KNOWS | HOLDS,
}


def why_no_node() -> str:
    """Returns why Node.js clients cannot run here, or "" where they can."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (FOLDER / "node_modules").is_dir():
        return "the clients are not installed: npm ci --prefix tests/clients"
    return ""


def run(client: str, server: Server) -> dict[str, Any]:
    site = server.add_site(f"https://{client}.example")
    given = {
        "address": server.address,
        "key": server.key,
        "blog": HOME_URL,
        "welcome": f"A {WELCOME} to {site.site.id}.",  # no client meets what another has said
        "unwelcome": f"An {UNWELCOME} to {site.site.id}.",
    }
    outside = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    ended = subprocess.run(
        ["node", "client.mjs", client, json.dumps(given)],
        cwd=FOLDER,
        env=outside | ({"http_proxy": server.address} if client == "akismet" else {}),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


@pytest.mark.loopback
@pytest.mark.parametrize("client", EXPECTED)
def test_a_node_client_makes_of_every_answer_what_it_should(server: Server, client: str):
    if why_no_node():
        pytest.skip(why_no_node())
    assert run(client, server) == EXPECTED[client]


def test_the_lock_file_names_no_registry_but_npm_s_own():
    locked = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    asked = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    for name, package in locked.items():
        assert package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
        assert not name or package["integrity"].startswith("sha512-")
