"""Every recorded request gets its recorded answer, to the byte, with exactly the recorded headers.

`tests/contracts/akismet/*.json` holds the recordings. Bodies are written one character per byte. `<KEY>` and its like
stand for what differs from run to run; `{"matches": …}` for what is random. An answer without a status has 200, one
without a content type is plain text, and what is not named under its headers must not be sent.
"""

import json
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from moderation import clock
from moderation.web import security
from tests.support.asgi import BASE_URL, HOME_URL, Service
from tests.support.dialect import EARLIER, PREPARATIONS

RECORDINGS = sorted((Path(__file__).parents[2] / "contracts" / "akismet").glob("*.json"))
EXCHANGES = [
    pytest.param(exchange, id=f"{path.stem}: {exchange['name']}")
    for path in RECORDINGS
    for exchange in json.loads(path.read_text(encoding="utf-8"))["exchanges"]
]
ALWAYS = {"content-type", "content-length", "x-akismet-server", *security.HEADERS}
ALERTS = re.compile(r"x-akismet-(alert|api-calls|usage-limit|upgrade|recommended)|retry-after|location")


@pytest.fixture
def service(lasting_service: Service) -> Service:
    """The service as a new site meets it: nothing of what was done to others concerns it."""
    fresh = replace(lasting_service, sites=[])
    fresh.add_site(HOME_URL)
    return fresh


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_recorded_request_gets_its_recorded_answer(service: Service, exchange: dict[str, Any]):
    for name in exchange.get("after", ()):
        PREPARATIONS[name](service)
    words = _words(service)
    answer = _replay(service, exchange["request"], words)
    wanted = exchange["answer"]
    assert answer.status_code == wanted.get("status", 200)
    _assert_is(answer.content.decode("utf-8"), wanted["body"], words)
    assert answer.headers["content-type"] == wanted.get("content_type", "text/plain; charset=utf-8")
    assert answer.headers["content-length"] == str(len(answer.content))
    own = wanted.get("headers", {}) | {"x-akismet-server": "candor"}
    assert set(answer.headers) == ALWAYS | set(own)
    for name, value in own.items():
        _assert_is(answer.headers[name], value, words)


def test_no_recording_expects_what_makes_clients_throw():
    for recorded in EXCHANGES:
        wanted = recorded.values[0]["answer"]
        assert wanted.get("status", 200) in {200, 404}
        assert not any(ALERTS.match(name) for name in wanted.get("headers", {}))
        is_good = wanted["body"] in ("true", "false", "valid")
        assert not (is_good and "x-akismet-debug-help" in wanted.get("headers", {}))


def _words(service: Service) -> dict[str, str]:
    now = clock.now()
    return {
        "<KEY>": service.akismet_key,
        "<KEY-IN-CAPITALS>": service.akismet_key.upper(),
        "<KEY-START>": service.akismet_key[:3],
        "<MONTH>": f"{now:%Y-%m}",
        "<EARLIER-MONTH>": f"{now - EARLIER:%Y-%m}",
    }


def _replay(service: Service, request: dict[str, Any], words: dict[str, str]) -> httpx.Response:
    headers = {name: _base64(_filled(value, words)) for name, value in request.get("headers", {}).items()}
    body = _filled(request["body"], words).encode("latin-1") if "body" in request else None
    return service.request(
        request["method"],
        BASE_URL + _filled(request["target"], words),
        headers={name: value.encode("latin-1") for name, value in headers.items()},
        content=body,
    )


def _filled(text: str, words: dict[str, str]) -> str:
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def _base64(text: str) -> str:
    return re.sub("<BASE64:(.*?)>", lambda match: b64encode(match[1].encode()).decode(), text)


def _assert_is(said: str, wanted: str | dict[str, str], words: dict[str, str]) -> None:
    if isinstance(wanted, str):
        assert said == _filled(wanted, words)
    else:
        assert re.fullmatch(_filled(wanted["matches"], words), said), said
