"""Starting: who may be let begin, and who not before a proctor has asked twice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.exam.assignment import Session
from kiosk.exam.grant import Act
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.warrant import Wanted
from kiosk.views.order import Outcome

Doubt = Callable[[str, str, Session | None], str | None]
ASK_AGAIN = timedelta(minutes=5)
"""For so long a start that was refused for a doubt is carried out when it is asked for again."""
ANEW = "Wait until that seat is heard; or press S again, and they begin anew here."
ASKED_TWICE = "asked twice: another seat was not heard"


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a start is for, and whom it cannot be for."""

    refused: Sequence[Outcome]
    wanted: Sequence[Wanted]


class Starts:
    """Remembers for a few minutes which starts were refused for a doubt; used by one order at a time."""

    def __init__(self, is_started: Callable[[str], bool], doubt: Doubt, clock: Clock) -> None:
        """`is_started` tells whether a candidate was let begin; `doubt` why they may be at work at another seat."""
        self._is_started = is_started
        self._doubt = doubt
        self._clock = clock
        self._doubted: dict[tuple[str, str], datetime] = {}

    def plan(self, looks: Iterable[Glance], reason: str) -> Plan:
        """Return the starts that can be given and why the others cannot."""
        refused, wanted = [], []
        for look in looks:
            if look.record is not None:
                refused.append(Outcome(look.seat, False, "The sitting has begun already."))
                continue
            if look.player is None or look.player.expected is None:
                refused.append(Outcome(look.seat, False, "Nobody is expected at this seat."))
                continue
            candidate = look.player.person.user_id
            why = None if self._is_started(candidate) else self._doubt(candidate, look.seat, look.player.session)
            if why is not None and not self._is_asked_again(candidate, look.seat):
                refused.append(Outcome(look.seat, False, f"{why} {ANEW}"))
                continue
            given = reason if why is None else ASKED_TWICE
            wanted.append(Wanted(act=Act.START, seat=look.seat, reason=given, note=candidate))
        return Plan(refused, wanted)

    def _is_asked_again(self, candidate: str, seat: str) -> bool:
        """Whether this start was refused for a doubt a short while ago; if not, it is from now on."""
        now = parse_iso(self._clock.now().at)
        self._doubted = {key: at for key, at in self._doubted.items() if now - at < ASK_AGAIN}
        if self._doubted.pop((candidate, seat), None) is not None:
            return True
        self._doubted[candidate, seat] = now
        return False
