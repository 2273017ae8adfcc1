"""Bytes to a known request: size, encoding, depth and number of names are bounded before any field is looked at."""

import json
import math
import re
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from moderation.errors import FieldFault, Invalid
from moderation.web.problems import faults_of

DEPTH: Final = 10
KEYS: Final = 500
_INTEGER_DIGITS: Final = 308
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Body = TypeVar("Body", bound=BaseModel)


def read(raw: bytes, schema: type[Body]) -> Body:
    """Returns a request's body as the schema knows it; fields that it does not know are passed over.

    Raises:
        Invalid: `body.malformed` for what is no JSON, `request.invalid` naming each field for what breaks a rule.
    """
    try:
        return schema.model_validate(parse(raw))
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False, include_input=False))
        raise Invalid("Change the fields that errors names.", faults=faults) from None


def parse(raw: bytes) -> dict[str, Any]:
    """Returns a JSON object within the limits of docs/api.md, lone surrogates replaced by U+FFFD; raises Invalid."""
    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=_Names(), parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer
        )
    except UnicodeDecodeError:
        raise Invalid("The body is not valid UTF-8.", code="body.malformed") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Invalid("The body is not JSON; send one JSON object.", code="body.malformed") from None
    if not isinstance(value, dict):
        raise _fault("The body must be one JSON object.")
    _refuse_depth(value)
    return _without_surrogates(value) if "\\u" in text else value


class _Names:
    """Builds objects, counting names over the whole body; a name given twice would mean what each reader chooses."""

    def __init__(self) -> None:
        self._seen = 0

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._seen += len(pairs)
        if self._seen > KEYS:
            raise _fault(f"The body may have at most {KEYS} names in all.")
        found = dict(pairs)
        if len(found) != len(pairs):
            raise _fault("An object in the body has the same name twice.")
        return found


def _refuse_constant(_: str) -> NoReturn:
    raise Invalid("The body is not JSON: NaN and Infinity are no JSON numbers.", code="body.malformed")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _fault("A number in the body is too large.")
    return number


def _integer(text: str) -> int:
    if len(text) > _INTEGER_DIGITS:
        raise _fault("A number in the body is too large.")
    return int(text)


def _refuse_depth(value: object) -> None:
    level = [value]
    for _ in range(DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    if any(isinstance(node, dict | list) for node in level):
        raise _too_deep()


def _children(node: object) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401 - any JSON value in, the same out
    """Half a character cannot be stored or sent on; recursion is safe behind the limit on depth."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {name: _without_surrogates(item) for name, item in value.items()}
    return value


def _too_deep() -> Invalid:
    return _fault(f"The body is nested deeper than {DEPTH} levels.")


def _fault(message: str) -> Invalid:
    return Invalid(message, faults=(FieldFault("body", message),))
