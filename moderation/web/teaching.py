"""After a person's word the site's model learns it at once, in this process; it does not know how."""

import threading

from moderation import clock, telemetry
from moderation.clock import Id
from moderation.duties import learning
from moderation.runtime import Runtime


class Teacher:
    """Teaches each site in one sitting after another; who asks meanwhile is served by the next sitting."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._busy: set[Id] = set()
        self._again: set[Id] = set()
        self._lock = threading.Lock()

    def teach(self, site_id: Id) -> None:
        """Learns a site's waiting labels and puts its newer model on the shelf; raises nothing, logs what fails."""
        with self._lock:
            if site_id in self._busy:
                self._again.add(site_id)
                return
            self._busy.add(site_id)
        try:
            while self._sit(site_id) or self._is_wanted(site_id):
                self._runtime.database.give_way()
        except Exception as error:  # noqa: BLE001 - the word is stored; the background loop will learn it
            telemetry.log_failure("learning", error)
            self._is_wanted(site_id, ends=True)

    def _sit(self, site_id: Id) -> bool:
        runtime = self._runtime
        with runtime.database.transaction() as db:
            known = runtime.models.known(site_id)
            taught = learning.learn(
                db, classifier=runtime.models.classifier, site_id=site_id, now=clock.now(), known=known
            )
        if taught is not None:
            runtime.models.take(taught)
        return taught is not None

    def _is_wanted(self, site_id: Id, *, ends: bool = False) -> bool:
        """Whether somebody asked meanwhile; if not, the site is free for the next one."""
        with self._lock:
            is_wanted = site_id in self._again and not ends
            self._again.discard(site_id)
            if not is_wanted:
                self._busy.discard(site_id)
            return is_wanted
