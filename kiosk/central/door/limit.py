"""Limits: how much and how fast one hall, and one address, may send. Everything counted here is bounded itself."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_COUNTED = 10_000
"""Tokens or addresses whose rate is kept; who was not seen for longest is forgotten, and begins anew."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second in the long run, and so many at once after a rest."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process of the door allows."""

    hall_rate: Rate = Rate(200, 2_000)
    address_rate: Rate = Rate(400, 4_000)
    """Of one address; many halls may stand behind one, and none of them has been asked for its token yet."""
    requests: int = 64
    """Requests in hand at once; the next are told to come again."""
    connections: int = 512
    threads: int = 8
    """Threads that verify and write; fewer than the store has connections."""
    joins: int = 2
    """Large bundles put together in memory at once."""
    pause: float = 15
    """Seconds a body may stand still."""
    body: float = 300
    """Seconds a body may take: a mebibyte over the slowest line that is of any use."""
    head: float = 15
    """Seconds a request's head, and the way to it, may take."""
    chunks: int = 256
    """Pieces of unfinished bundles one hall may leave."""
    aside: int = 256 * 2**20
    """Bytes one hall may have in quarantine."""


class Buckets:
    """Token buckets: each fills at its rate, and a request takes one out."""

    def __init__(self, rate: Rate, now_ms: Callable[[], int], most: int = MOST_COUNTED) -> None:
        self._rate = rate
        self._now_ms = now_ms
        self._most = most
        self._levels: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> int:
        """Take one request out and return 0, or the whole seconds after which there will be one."""
        now = self._now_ms()
        level, then = self._levels.pop(key, (float(self._rate.burst), now))
        level = min(float(self._rate.burst), level + max(0, now - then) * self._rate.per_second / 1000)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - level) / self._rate.per_second))

    def __len__(self) -> int:
        return len(self._levels)


def neighbourhood(host: str) -> str:
    """Return what an address is counted under: itself, or for IPv6 the network one customer is given whole (/64)."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
