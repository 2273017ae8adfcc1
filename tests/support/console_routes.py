"""Every address under /console: what it asks for, who may, and a form that does something; a new one is missed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from moderation.judging.capabilities import Action

SITE: Final = "/console/sites/{site_id}"
COMMENT: Final = f"{SITE}/comments/{{comment_id}}"


@dataclass(frozen=True)
class Address:
    """One address: its method and path as the route has them, and what is sent there."""

    method: str
    path: str
    action: Action | None = None  # None where everybody who is signed in may
    form: Mapping[str, Any] = field(default_factory=dict)
    changes: bool = True  # whether the form, rightly sent, leaves something stored

    @property
    def name(self) -> str:
        return f"{self.method} {self.path} {self.form.get('act', '')}".strip()

    def filled(self, site_id: object, comment_id: object = "") -> str:
        return self.path.replace("{site_id}", str(site_id)).replace("{comment_id}", str(comment_id))

    def sent(self, comment_id: object) -> dict[str, Any]:
        """The form with the comment's id and version where they belong."""
        return {name: str(comment_id) if value == "{comment_id}" else value for name, value in self.form.items()}


def _act(name: str, action: Action, **more: Any) -> Address:
    return Address("POST", f"{COMMENT}/act", action, {"act": name, "version": "1", **more})


OF_EVERYBODY: Final = (
    Address("GET", "/console"),
    Address("GET", "/console/"),
    Address("GET", "/console/help"),
    Address("GET", "/console/account"),
    Address("POST", "/console/account/name", form={"name": "Somebody else"}),
    Address("POST", "/console/account/password", form={"new": "another horse battery"}),
    Address("POST", "/console/account/second-factor", changes=False),
    Address("POST", "/console/account/second-factor/confirm", form={"sealed": "00", "code": "1"}, changes=False),
    Address("POST", "/console/account/second-factor/remove", form={"code": "1"}, changes=False),
    Address("POST", "/console/account/preferences", form={"greyscale": "1", "break_after": "45", "order": "oldest"}),
    Address("POST", "/console/account/sign-out-everywhere", form={"this_too": "1"}),
    Address("POST", "/console/sign-out"),
)
OF_A_SITE: Final = (
    Address("GET", SITE),
    Address("GET", f"{SITE}/queue", Action.READ),
    Address("GET", COMMENT, Action.READ),
    Address("GET", f"{COMMENT}/card", Action.READ),
    Address("GET", f"{SITE}/search", Action.READ),
    Address("GET", f"{SITE}/sample", Action.DECIDE),
    Address("GET", f"{SITE}/appeals", Action.HEAR),
    Address(
        "POST", f"{COMMENT}/appeal", Action.HEAR, {"outcome": "upheld", "reply": "It stays as it is."}, changes=False
    ),
    Address("GET", f"{SITE}/quality", Action.READ),
    Address("GET", f"{SITE}/thresholds", Action.READ),
    Address("GET", f"{SITE}/rules", Action.READ),
    Address("GET", f"{SITE}/learning", Action.READ),
    Address("GET", f"{SITE}/keys", Action.SITE),
    Address("GET", f"{SITE}/people", Action.SITE),
    _act("approve", Action.DECIDE),
    _act("spam", Action.DECIDE),
    _act("hold", Action.DECIDE),
    _act("remove:insult", Action.DECIDE, sentence="Please be kind."),
    _act("defer", Action.DECIDE),
    _act("escalate", Action.DECIDE),
    _act("note", Action.DECIDE, note="Look again."),
    _act("note_author", Action.DECIDE, note="Look again."),
    _act("take_over", Action.TAKE_OVER),
    Address("POST", f"{SITE}/undo", Action.DECIDE),
    Address("POST", f"{SITE}/claims", Action.DECIDE, {"id": "{comment_id}"}),
    Address("POST", f"{SITE}/bulk", Action.DECIDE, {"act": "spam", "id": "{comment_id}"}),
    Address("POST", f"{SITE}/sample", Action.DECIDE, {"said": "ham", "comment": "{comment_id}"}),
    Address("POST", f"{SITE}/thresholds", Action.RULES, {"hold_at": "0.6"}),
    Address("POST", f"{SITE}/rules", Action.RULES, {"kind": "word", "pattern": "casino", "verdict": "hold"}),
    Address("POST", f"{SITE}/learning", Action.ROLL_BACK, {"revision": "0"}),
    Address("POST", f"{SITE}/keys", Action.SITE, {"kind": "api", "overlap": "7"}),
    Address("POST", f"{SITE}/people", Action.SITE, {"email": "new@team.example", "role": "moderator"}),
)
ADDRESSES: Final = (*OF_EVERYBODY, *OF_A_SITE)
"""All but the way in, which nobody must be signed in for."""


def parameters(path: str) -> set[str]:
    """Returns the names of what a path leaves open."""
    return set(re.findall(r"{(\w+)}", path))
