"""How fast and how many: token buckets for messages, counts for sockets, tries for sign-in."""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable

from agent_tui.protocol.errors import Code, Refusal

_KEPT_BUCKETS = 50_000


def network_of(address: str) -> str:
    """What counts as one address: IPv4 as it is, of IPv6 the /64 that one customer is given (RFC 6177)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6:
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address


class Buckets:
    """A token bucket for each key: `burst` at once, `per_second` in the long run."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take one token. 0.0 when there was one, else the seconds until there will be."""
        now = self._clock()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        wait = 0.0 if level >= 1.0 else (1.0 - level) / self._per_second
        self._levels[key] = (level if wait else level - 1.0, now)
        if len(self._levels) > _KEPT_BUCKETS:
            self._levels.popitem(last=False)
        return wait

    def give_back(self, key: Hashable) -> None:
        """What was taken turned out well: it does not count."""
        if key in self._levels:
            level, since = self._levels[key]
            self._levels[key] = (min(self._burst, level + 1.0), since)


def require_pace(buckets: Buckets, key: Hashable, sentence: str) -> None:
    """Raises `Refusal` (`too_fast`) with `sentence` and the time to wait when `key` has no token left."""
    wait = buckets.take(key)
    if wait:
        raise Refusal(Code.TOO_FAST, sentence, retry_after_ms=int(wait * 1000) + 1)


class Counts:
    """How many of something each key holds at this moment."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[Hashable] = Counter()

    def enter(self, key: Hashable) -> bool:
        """Hold one more; False (and nothing held) when `key` has its most already."""
        if self._held[key] >= self._most:
            return False
        self._held[key] += 1
        return True

    def leave(self, key: Hashable) -> None:
        """Give one back."""
        self._held[key] -= 1
        if self._held[key] <= 0:
            del self._held[key]


class Addresses:
    """Notices that all visitors seem to come from one address: a proxy stands in front, and limits hit everybody."""

    def __init__(self, suspicious: int = 20) -> None:
        self._suspicious = suspicious
        self._seen: Counter[str] = Counter()
        self._forwarded = False
        self.warning = ""
        """A sentence for the desk's admin; empty while nothing looks wrong."""

    def saw(self, address: str, *, forwarded: bool, trusted_proxy: bool) -> None:
        """A new visitor came from `address`; `forwarded`: with a header that only a proxy sends."""
        if len(self._seen) < 2:
            self._seen[address] += 1
        self._forwarded = self._forwarded or forwarded
        if len(self._seen) > 1:
            self.warning = ""
        elif self._forwarded and not trusted_proxy:
            self.warning = (
                f"A proxy at {address} stands in front of this desk and is not believed: all visitors share its "
                f"address and its limits. Start the desk with --behind-proxy {address}."
            )
        elif self._seen[address] >= self._suspicious:
            self.warning = (
                f"All {self._seen[address]} visitors since the start came from {address}. If a proxy stands in front "
                "of the desk, they share one address and its limits: see --behind-proxy."
            )
