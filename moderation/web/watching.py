"""Looks again and again whether every statement of every notice holds, so that no reader waits for it."""

import threading
from typing import Final

from moderation import clock, telemetry
from moderation.duties import reporting
from moderation.duties.reporting import Recording, Reporting
from moderation.runtime import Runtime

FIRST: Final = 5.0
"""Seconds after the start: whoever comes before that finds out for themselves."""
EVERY: Final = 60.0
_REST: Final = 20
"""How much longer than looking took it rests: of a minute, three seconds go into it at the most."""


class Watching:
    """The thread, and its end."""

    def __init__(self, runtime: Runtime, reporting: Reporting, recording: Recording) -> None:
        self._runtime = runtime
        self._reporting = reporting
        self._recording = recording
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="candor-facts", daemon=True)

    def follow(self) -> None:
        """Looks from now on, until `close`."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        rest = FIRST
        while not self._stop.wait(rest):
            started = clock.stopwatch()
            self._look()
            rest = max(EVERY, _REST * (clock.stopwatch() - started))

    def _record(self) -> None:
        """Here and not in the background loop, which can run apart, under other settings than those that serve."""
        with self._runtime.database.snapshot() as db:
            is_due = self._recording.is_due(db)
        if is_due:
            with self._runtime.database.transaction() as db:
                self._recording.in_force(db, now=clock.now())

    def _look(self) -> None:
        """Each site in a moment of its own, so that none is open for long; first what is in force is recorded."""
        try:
            self._record()
            with self._runtime.database.snapshot() as db:
                sites = reporting.told_of(db, self._runtime.directory.fresh(db))
            for site in sites:
                if self._stop.is_set():
                    return
                with self._runtime.database.snapshot() as db:
                    self._reporting.verify(db, site=site, now=clock.now())
        except Exception as error:  # noqa: BLE001 - a database that is away must not end the thread; it is logged
            telemetry.log_failure("facts.look", error)
