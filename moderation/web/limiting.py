"""How often something may be asked, in this process's memory; it knows no keys, only their hashes and networks."""

from datetime import timedelta

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from moderation.settings import Settings

SIGN_INS = 10
SIGN_INS_OF_NETWORK = 50
_QUARTER = 15  # minutes


def window() -> timedelta:
    """Returns for how long an attempt is remembered."""
    return timedelta(seconds=RateLimitItemPerMinute(1).get_expiry())


class Limits:
    """Counters per minute; a network is a /24 or /48, so that one machine's many addresses count as one."""

    def __init__(self, settings: Settings) -> None:
        self._counter = FixedWindowRateLimiter(MemoryStorage())
        self._wrong_keys = RateLimitItemPerMinute(settings.rate_limit_wrong_keys)
        self._receipts = RateLimitItemPerMinute(settings.rate_limit_receipts)
        self._mails = RateLimitItemPerMinute(settings.rate_limit_mails)
        self._sign_ins = RateLimitItemPerMinute(SIGN_INS, _QUARTER)
        self._sign_ins_of_network = RateLimitItemPerMinute(SIGN_INS_OF_NETWORK, _QUARTER)
        self._checks = RateLimitItemPerMinute(settings.rate_limit_checks) if settings.rate_limit_checks else None

    def is_guessing(self, network: str) -> bool:
        """Returns whether too many wrong keys came from a network within the minute."""
        return not self._counter.test(self._wrong_keys, "wrong-key", network)

    def note_wrong_key(self, network: str) -> None:
        """Counts a wrong key."""
        self._counter.hit(self._wrong_keys, "wrong-key", network)

    def allows_check(self, key_digest: str) -> bool:
        """Counts a check under a key and returns whether the operator's limit allows it; there is none by default."""
        return self._checks is None or self._counter.hit(self._checks, "check", key_digest)

    def allows_receipt(self, network: str) -> bool:
        """Counts an attempt to open a receipt and returns whether it is within the limit."""
        return self._counter.hit(self._receipts, "receipt", network)

    def allows_mail(self, network: str) -> bool:
        """Counts a lost receipt that is asked for and returns whether it is within the limit of the network."""
        return self._counter.hit(self._mails, "mail", network)

    def allows_sign_in(self, account: str, network: str) -> bool:
        """Counts an attempt to get in and returns whether it is within the limits of the network and the account.

        A network over its limit uses up no account's; `account` is a hash, "" for a one-time link, which names none.
        """
        is_within = self._counter.hit(self._sign_ins_of_network, "sign-ins", network)
        return is_within and (not account or self._counter.hit(self._sign_ins, "sign-in", account))
