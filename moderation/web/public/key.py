"""The key by which anybody can check what this service signed: copies, proofs of erasure; it signs nothing."""

import base64
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from moderation.duties.exporting import KEY_ADDRESS
from moderation.web.deps import DoorsDep

router = APIRouter(include_in_schema=False)
_USE: Final = "the copies and proofs that this service hands to writers"


@router.api_route(KEY_ADDRESS, methods=["GET", "HEAD"])
def read_key(doors: DoorsDep) -> Response:
    """Returns the public key as a JSON Web Key (RFC 8037), and in the form in which signatures name it."""
    raw = doors.runtime.settings.seal.public_key
    key = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "use": "sig",
        "alg": "EdDSA",
        "base64": base64.b64encode(raw).decode(),
    }
    return JSONResponse({"keys": [key], "signs": _USE}, headers={"cache-control": "public, max-age=3600"})
