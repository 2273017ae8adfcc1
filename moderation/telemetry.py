"""What the service says about itself: log lines and counters; never a comment's text, a person's data or a secret."""

import logging
import sys
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import REGISTRY, Counter, Histogram, generate_latest

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_logger = structlog.get_logger()

CHECKS = Counter("candor_checks_total", "Comments judged, by door and verdict.", ["channel", "verdict"])
REFUSALS = Counter("candor_refusals_total", "Requests refused, by error code.", ["code"])
FAILURES = Counter("candor_failures_total", "Unexpected failures, by type.", ["type"])
ANSWERED_SECONDS = Histogram(
    "candor_answer_seconds",
    "From request to answer, by door.",
    ["door"],
    buckets=(0.002, 0.005, 0.01, 0.05, 0.2, 1, 5),
)


def answered(door: str, seconds: float) -> None:
    """Notes how long a door (`akismet`, `api`) took from request to answer."""
    _child(ANSWERED_SECONDS, door).observe(seconds)


def judged(door: str, verdict: str) -> None:
    """Counts a comment judged at a door."""
    _child(CHECKS, door, verdict).inc()


@lru_cache
def _child(metric: Any, *labels: str) -> Any:  # noqa: ANN401 - counters and histograms alike
    """Looked up once: finding a label's own counter takes longer than counting."""
    return metric.labels(*labels)


class _Relay(logging.Handler):
    """Passes on what libraries log, without the values and traces in it, which may quote a comment or a secret."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            log_failure(record.name, record.exc_info[1])
            return
        said = str(record.msg).strip().splitlines() or [""]
        first = said[-1].partition(":")[0] if said[0].startswith("Traceback") else said[0]
        log("library", level="error" if record.levelno >= logging.ERROR else "warning", of=record.name, said=first)


def configure(level: str, form: str) -> None:
    """Sets up logging to standard error: `level` debug, info, warning or error; `form` console or json."""
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else console
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whichever it is when a line is written
        cache_logger_on_first_use=False,  # or the first configuration would hold for the whole process
    )
    others = [handler for handler in logging.root.handlers if not isinstance(handler, _Relay)]
    logging.root.handlers = [*others, _Relay()]
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # its warnings quote bytes of a client's form


def level() -> str | None:
    """Returns the level from which the log that is set up writes lines, None where none is."""
    found = getattr(structlog.get_logger(), "get_effective_level", lambda: 0)()
    return next((name for name, number in _LEVELS.items() if number == found), None)


def log(event: str, /, *, level: str = "info", **facts: str | float | bool | None) -> None:
    """Writes one line: an event's name and plain facts (ids, counts, codes; docs/data.md lists them all)."""
    _logger.log(_LEVELS[level], event, **facts)


def log_failure(where: str, error: BaseException) -> None:
    """Writes an unexpected failure by type and code location, without the values that it may quote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "unknown"
    FAILURES.labels(type(error).__name__).inc()
    log("failure", level="error", where=where, type=type(error).__name__, place=place)


def metrics() -> bytes:
    """Returns every counter in the Prometheus text form."""
    return generate_latest(REGISTRY)
