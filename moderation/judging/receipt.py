"""A receipt's token as people paste it, and its comment's history in readers' words; it opens nothing."""

from typing import Final

from moderation.vocabulary import Band, Verdict

LOCATOR_LENGTH: Final = 12
SECRET_LENGTH: Final = 26
LONGEST_PASTE: Final = 2_048
VERDICT_PAST: Final = {Verdict.PUBLISH: "published", Verdict.HOLD: "held", Verdict.REMOVE: "refused"}
BAND_WORDS: Final = {Band.LIKELY_FINE: "likely fine", Band.UNSURE: "unsure", Band.LIKELY_SPAM: "likely spam"}
_ALPHABET: Final = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD: Final = str.maketrans("OIL", "011")


def token_in(pasted: str) -> tuple[str, str]:
    """Returns locator and secret from what a person pasted, or two empty texts where there is no whole token.

    Takes the token or the receipt's whole address, in capitals or not, in groups parted by spaces or hyphens; letters
    that Crockford's alphabet leaves out are read as the digits they are mistaken for.
    """
    left, dot, right = pasted[:LONGEST_PASTE].rpartition("#")[2].partition(".")
    locator, secret = _symbols(left), _symbols(right)
    if not dot:
        locator, secret = locator[:LOCATOR_LENGTH], locator[LOCATOR_LENGTH:]
    whole = len(locator) == LOCATOR_LENGTH and len(secret) == SECRET_LENGTH
    return (locator, secret) if whole and _ALPHABET.issuperset(locator + secret) else ("", "")


def link_in(pasted: str) -> str:
    """Returns the secret of a mailed link from what a person pasted, alone or in its address, or ""."""
    secret = _symbols(pasted[:LONGEST_PASTE].rpartition("#")[2])
    return secret if len(secret) == SECRET_LENGTH and _ALPHABET.issuperset(secret) else ""


def _symbols(part: str) -> str:
    return "".join(part.replace("-", "").split()).upper().translate(_MISREAD)
