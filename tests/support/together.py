"""Several people at the same moment: functions that begin together, each in a thread of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moderation.errors import ModerationError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs functions at the same time and returns their results or errors in order."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return act()
        except ModerationError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
