"""Rates: how much and how fast may come from one side. Everything counted here is bounded itself."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_COUNTED = 10_000
"""Tokens, seats or addresses whose rate is kept; who was not seen for longest is forgotten, and begins anew."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many (requests, messages, bytes) a second in the long run, and so many at once after a rest."""

    per_second: float
    burst: int


class Buckets:
    """Token buckets: each fills at its rate, and what comes takes out of one."""

    def __init__(self, rate: Rate, now_ms: Callable[[], int], most: int = MOST_COUNTED) -> None:
        self._rate = rate
        self._now_ms = now_ms
        self._most = most
        self._levels: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> int:
        """Take one request out and return 0, or the whole seconds after which there will be one."""
        level, now = self._filled(key)
        allowed = level >= 1
        self._keep(key, level - 1 if allowed else level, now)
        return 0 if allowed else max(1, math.ceil((1 - level) / self._rate.per_second))

    def draw(self, key: str, amount: int) -> float:
        """Take an amount out, on credit if need be; return the seconds until the credit is paid back."""
        level, now = self._filled(key)
        self._keep(key, level - amount, now)
        return max(0.0, (amount - level) / self._rate.per_second)

    def _filled(self, key: str) -> tuple[float, int]:
        now = self._now_ms()
        level, then = self._levels.pop(key, (float(self._rate.burst), now))
        return min(float(self._rate.burst), level + max(0, now - then) * self._rate.per_second / 1000), now

    def _keep(self, key: str, level: float, now: int) -> None:
        self._levels[key] = level, now
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)

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
