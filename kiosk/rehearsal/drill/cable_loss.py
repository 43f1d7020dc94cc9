"""Cables that are lost: cut, left half-open, made slow; nobody stops, and the hub has it all again soon after."""

import random
from functools import partial
from time import monotonic

from kiosk.rehearsal.drill.cable import Cut
from kiosk.rehearsal.drill.exercise import Exercise
from kiosk.rehearsal.drill.floor import Floor
from kiosk.rehearsal.drill.machine import until

LAG_SECONDS = 10.0
WRITTEN = 12


def cable_lost(floor: Floor, dice: random.Random, state: Cut) -> Exercise:
    """Let a seat's cable be cut, half-open or slow while its candidate writes, and mend it."""
    machine = dice.choice(floor.at_work)
    cable, candidate = floor.cables[machine.name], machine.candidate
    assert candidate is not None
    count, since = len(candidate.acks), machine.mark()
    cable.put(state)
    if state is not Cut.SLOW:
        until(lambda: not machine.state()["connected"], f"{machine.name} finds out that its line is {state.value}")
    machine.write(count + WRITTEN)
    seq = machine.state()["seq"]
    mended = monotonic()
    cable.put(Cut.WHOLE)
    machine.settle(seq)
    refused = machine.said(since, "trouble") or machine.said(since, "failure")
    return Exercise(
        name=f"link {state.value}",
        measured=monotonic() - mended,
        target=LAG_SECONDS,
        unit="s",
        holds=not refused,
        words=refused or f"{machine.name}: {len(candidate.acks) - count} answers saved meanwhile",
    )


link_cut = partial(cable_lost, state=Cut.CUT)
link_half_open = partial(cable_lost, state=Cut.HALF_OPEN)
link_slow = partial(cable_lost, state=Cut.SLOW)
