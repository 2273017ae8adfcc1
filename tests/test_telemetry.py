"""A log line is an event with plain facts; a failure is told by type and place, never by its values."""

import json
import logging

import pytest

from moderation import telemetry
from moderation.errors import Invalid
from moderation.web.akismet.fields import parse

CANARY = "hidden-canary-value"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]):
    """What was logged as JSON since the last look."""
    telemetry.configure("info", "json")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_json_line_with_its_facts(lines):
    telemetry.log("started", port=8000, ready=True)
    (line,) = lines()
    assert {name: line[name] for name in ("event", "level", "port", "ready")} == {
        "event": "started",
        "level": "info",
        "port": 8000,
        "ready": True,
    }
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("level", "written"),
    [("debug", ["debug", "info", "warning", "error"]), ("info", ["info", "warning", "error"]), ("error", ["error"])],
)
def test_only_what_is_important_enough_is_written(lines, level: str, written: list[str]):
    telemetry.configure(level, "json")
    for each in ("debug", "info", "warning", "error"):
        telemetry.log("event", level=each)
    assert [line["level"] for line in lines()] == written


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_fact_cannot_begin_a_line_of_its_own(capsys: pytest.CaptureFixture[str], form: str):
    telemetry.configure("info", form)
    telemetry.log("event", name='forged\n2026-01-01 [error] forged="line"\r\x1b[31m')
    out = capsys.readouterr()
    assert (out.out, len(out.err.splitlines())) == ("", 1)
    assert "\x1b[31m" not in out.err


def test_a_failure_is_told_by_type_and_place_without_its_values(lines):
    def fails() -> None:
        raise ValueError(CANARY)

    before = telemetry.FAILURES.labels("ValueError")._value.get()
    try:
        fails()
    except ValueError as error:
        telemetry.log_failure("web", error)
    (line,) = lines()
    assert (line["event"], line["level"], line["where"], line["type"]) == ("failure", "error", "web", "ValueError")
    assert line["place"].startswith("test_telemetry.py:")
    assert CANARY not in str(line)
    assert telemetry.FAILURES.labels("ValueError")._value.get() == before + 1


def test_a_failure_that_was_never_raised_has_no_place(lines):
    telemetry.log_failure("web", ValueError(CANARY))
    assert lines()[0]["place"] == "unknown"


def test_what_libraries_log_is_passed_on_without_values_and_traces(lines):
    logger = logging.getLogger("some.package")
    logger.warning("cannot do %s", CANARY)
    logger.error("it failed with %s", CANARY, exc_info=ValueError(CANARY))
    first, second = lines()
    assert (first["event"], first["of"], first["said"]) == ("library", "some.package", "cannot do %s")
    assert (second["event"], second["where"], second["type"]) == ("failure", "some.package", "ValueError")
    assert CANARY not in f"{first}{second}"


def test_a_damaged_form_is_not_quoted(lines):
    form = b"--x?\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x--"
    with pytest.raises(Invalid):
        parse(b"multipart/form-data; boundary=x", form, b"")
    assert lines() == []


def test_configuring_again_replaces_and_does_not_repeat(lines):
    telemetry.configure("info", "json")
    logging.getLogger("some.package").warning("once")
    assert len(lines()) == 1


def test_the_counters_have_the_form_that_prometheus_reads():
    telemetry.CHECKS.labels("api", "hold").inc()
    text = telemetry.metrics().decode()
    for name in ("candor_checks_total", "candor_refusals_total", "candor_failures_total", "candor_answer_seconds"):
        assert f"# HELP {name.removesuffix('_total')}" in text
    assert 'candor_checks_total{channel="api",verdict="hold"}' in text
