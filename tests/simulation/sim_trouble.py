"""What goes wrong in the simulation, drawn about once a second from the seed."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall_day import Day
    from sim_seat import SimSeat

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong, of a hundred."""

    seat_crash: float = 8
    rollback: float = 25
    """Of the crashes."""
    hub_death: float = 5
    hub_dies_before_ack: float = 0.5
    replaced: float = 20
    """Of the hub's deaths."""
    cut: float = 10
    one_way: float = 7
    clock_set: float = 5
    order: float = 8
    order_to_all: float = 6
    move: float = 4
    lost_answers: float = 4


NONE = Faults(**dict.fromkeys(Faults.__dataclass_fields__, 0))


class Trouble:
    """Crashes machines, cuts cables, sets clocks, and puts old disks back."""

    def __init__(self, day: "Day") -> None:
        self.day = day
        self._old: dict[str, Path] = {}

    def strike(self) -> None:
        """Do what the draws say, about once a second."""
        day, world, faults = self.day, self.day.world, self.day.faults
        if day.mended_ms is not None:
            return
        world.after(world.random.randrange(500, 1_500), self.strike)
        at_work = [person.seat for person in day.candidates.people]
        seat = day.seats[world.random.choice([*day.seats, *at_work])]  # rather where somebody sits
        if seat.is_up and world.chance(faults.seat_crash):
            seat.crash(rollback=world.chance(faults.rollback), reboot=world.chance(50))
            world.after(world.random.randrange(500, 10_000), lambda: day.boot(seat))
        elif seat.is_up and world.chance(25):
            self._keep_old(seat)
        if world.chance(faults.hub_death):
            self.hub_dies()
        if world.chance(faults.cut):
            seat.cable.cut()
            day.count["cuts"] += 1
            world.after(world.random.randrange(100, 15_000), seat.cable.mend)
        if world.chance(faults.one_way):
            world.random.choice((seat.cable.there, seat.cable.back)).is_open = False
            day.count["one way shut"] += 1
            world.after(world.random.randrange(100, 15_000), seat.cable.mend)
        if world.chance(faults.clock_set):
            seat.clock.set_wall(world.random.randrange(-HOUR_MS, HOUR_MS))
            day.count["clocks set"] += 1

    def hub_dies(self) -> None:
        """The hub loses power, and comes back, or another machine takes its place."""
        hub, world = self.day.hub, self.day.world
        if not hub.is_up:
            return
        hub.die()
        if world.chance(self.day.faults.replaced):
            hub.replace()
        world.after(world.random.randrange(500, 8_000), self.day.boot_hub)

    def restore(self, seat: "SimSeat") -> bool:
        """Put an older state of a seat's disk back, if one was kept."""
        kept = self._old.get(seat.name)
        if kept is None:
            return False
        for suffix in ("", "-wal", "-shm"):
            Path(f"{seat.place.store}{suffix}").unlink(missing_ok=True)
        for suffix in ("", "-wal"):
            shutil.copy(f"{kept}{suffix}", f"{seat.place.store}{suffix}")
        self.day.oracle.disk_went_back(seat.name)
        return True

    def _keep_old(self, seat: "SimSeat") -> None:
        kept = self.day.home.folder / f"{seat.name}.old"
        for suffix in ("", "-wal"):
            shutil.copy(f"{seat.place.store}{suffix}", f"{kept}{suffix}")
        self._old[seat.name] = kept
