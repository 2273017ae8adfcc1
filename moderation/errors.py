"""What can go wrong, as nouns of the domain with a stable code; it does not know HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One bad field: where it stands (`author.url`), what is wrong, what to do; never the value itself."""

    field: str
    message: str


class ModerationError(Exception):
    """Anything Candor refuses or cannot do; `code` is stable, `message` says what to do next and quotes no input."""

    code = "error"

    def __init__(self, message: str, *, faults: tuple[FieldFault, ...] = (), code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.faults = faults
        if code is not None:
            self.code = code


class Invalid(ModerationError):
    """The input breaks a rule that the sender can keep."""

    code = "request.invalid"


class Unauthenticated(ModerationError):
    """No key, or none that is known: unknown, wrong, revoked and expired look alike."""

    code = "key.invalid"


class Forbidden(ModerationError):
    """The key is known but may not do this."""

    code = "key.scope"


class NotFound(ModerationError):
    """Nothing of that name at this site."""

    code = "not_found"


class Conflict(ModerationError):
    """The request contradicts what is already stored."""

    code = "conflict"


class VersionMismatch(ModerationError):
    """The comment has changed since the client read it."""

    code = "comment.version"


class TooLarge(ModerationError):
    """The request is larger than this service reads."""

    code = "request.too_large"


class Encoded(Invalid):
    """The body is packed, and this service reads it as it is."""

    code = "body.encoded"


class TooMany(ModerationError):
    """A request limit of this service is reached."""

    code = "limit.requests"


class Unavailable(ModerationError):
    """The service cannot answer right now and nothing was stored; try again."""

    code = "service.unavailable"


class Unreachable(Unavailable):
    """The database is not where its address says, or lets nobody in: at the start a setting's fault."""


class SettingFault(ModerationError):
    """A setting, file or schema that keeps the service from starting."""

    code = "setting.invalid"
