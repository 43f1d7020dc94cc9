"""Save levels: when the open sitting was last known to be saved at the seat, in the hall and at central."""

from dataclasses import dataclass

from kiosk.seat.writer import Writer
from kiosk.views.candidate import SaveState


@dataclass(slots=True)
class SaveLevels:
    """ISO moments; None where nothing of the sitting is known to be saved there."""

    seat_at: str | None = None
    hall_at: str | None = None
    central_at: str | None = None

    def state(self, writer: Writer) -> SaveState:
        """Return how far everything is saved, with what still waits for the writer."""
        return SaveState(
            writer.pending,
            seat_at=self.seat_at,
            hall_at=self.hall_at,
            central_at=self.central_at,
            failure=writer.failure,
        )
