"""Claims: who a seat says is signed in there counts only where the hall itself let that candidate in there."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.wire.hub import Vitals

PROVED_MS = 60_000
"""What was proved is looked at again after so long: the candidate may have been let in elsewhere since."""
DOUBTED_MS = 2_000
"""And what was not, so soon: what a new machine of the hall learns from the seats comes after their first words."""
PATIENCE_MS = 30_000
"""After so long a claim that nothing bears out is for a person to look at."""
STRANGER = "stranger"
"""Kind of notice: a seat says that somebody sits there whom the hall, as far as it knows, did not let in there."""
DOUBT = "This seat says that somebody is signed in there, and the hall let nobody of that name in. Look who sits there."


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one seat says, and what came of looking into it. Times are milliseconds of the hub's boot clock."""

    candidate_id: str
    since_ms: int
    looked_ms: int
    is_proved: bool
    is_told: bool = False


class Claims:
    """Used by one thread at a time; holds one claim for each seat on the line."""

    def __init__(self, is_here: Callable[[str, str], bool], notice: Callable[[str, str, str], None]) -> None:
        """`is_here` tells whether the hall let a candidate in at a seat."""
        self._is_here = is_here
        self._notice = notice
        self._claims: dict[str, _Claim] = {}

    def proved(self, seat: str, vitals: Vitals, now_ms: int) -> Vitals:
        """Return what a seat told of itself, without a candidate where the hall let nobody of that name in there."""
        if vitals.candidate_id is None:
            self._claims.pop(seat, None)
            return vitals
        claim = self._looked_into(seat, vitals.candidate_id, now_ms)
        self._claims[seat] = claim
        return vitals if claim.is_proved else vitals.model_copy(update={"candidate_id": None})

    def elsewhere(self, candidate_id: str, seat: str) -> str | None:
        """Return another seat that says somebody is signed in there, whether that is proved or not."""
        found = (name for name, claim in self._claims.copy().items() if claim.candidate_id == candidate_id)
        return next((name for name in found if name != seat), None)

    def _looked_into(self, seat: str, candidate_id: str, now_ms: int) -> _Claim:
        known = self._claims.get(seat)
        if known is None or known.candidate_id != candidate_id:
            return _Claim(candidate_id, now_ms, now_ms, self._is_here(candidate_id, seat))
        if now_ms - known.looked_ms < (PROVED_MS if known.is_proved else DOUBTED_MS):
            return known
        is_proved = self._is_here(candidate_id, seat)
        since_ms = now_ms if known.is_proved and not is_proved else known.since_ms
        is_due = not is_proved and not known.is_told and now_ms - since_ms >= PATIENCE_MS
        if is_due:
            self._notice(seat, STRANGER, DOUBT)
        return _Claim(candidate_id, since_ms, now_ms, is_proved, is_due or known.is_told)
