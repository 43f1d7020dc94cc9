"""Limits: how much and how fast one hall, and one address, may send."""

from dataclasses import dataclass

from kiosk.ground.rate import Rate


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
