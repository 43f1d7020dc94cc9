"""Deltas of a board: what is new against what a console would reckon by itself, and the same put together again."""

from dataclasses import fields, replace
from typing import Any

from kiosk.exam.error import Invalid
from kiosk.hall.console.ageing import aged
from kiosk.views.board import Attention, BoardState, Counts, SeatLine, SeatState, Severity
from kiosk.wire.board import AttentionAnswer, BoardAnswer, CountsAnswer, SeatChange
from kiosk.wire.console import BoardDelta, BoardMessage

DRIFT_MS = 700
"""A time may be off by so much before it is told again: less than the second a screen shows."""
_TIMES = frozenset({"left_ms", "since_ms", "lag_ms", "saved_ms"})
_FIELDS = tuple(f.name for f in fields(SeatLine) if f.name != "seat")


def is_same_room(before: BoardState, after: BoardState) -> bool:
    """Whether a delta can lead from one to the other: the same hall, title and seats in the same places."""
    return (before.hall, before.title, before.rows, before.columns) == (
        after.hall,
        after.title,
        after.rows,
        after.columns,
    ) and [line.seat for line in before.seats] == [line.seat for line in after.seats]


def difference(number: int, told: BoardState, now: BoardState, elapsed_ms: int) -> tuple[BoardDelta, BoardState]:
    """Return what a console must hear that was told `told` so long ago, and what it then has; for the same room."""
    reckoned = aged(told, elapsed_ms)
    changes, seats = [], []
    for old, new in zip(reckoned.seats, now.seats, strict=True):
        changed = _changed(old, new)
        if changed:
            changes.append(SeatChange(seat=new.seat, **changed))
        seats.append(replace(old, **changed) if changed else old)
    same = _is_same_attention(reckoned.attention, now.attention)
    delta = BoardDelta(
        type="delta",
        number=number,
        elapsed_ms=elapsed_ms,
        clock=now.clock,
        seats=tuple(changes),
        attention=None if same else tuple(AttentionAnswer.model_validate(a) for a in now.attention),
        counts=None if reckoned.counts == now.counts else CountsAnswer.model_validate(now.counts),
        paused=None if reckoned.paused == now.paused else now.paused,
    )
    attention = reckoned.attention if same else now.attention
    return delta, replace(now, seats=tuple(seats), attention=attention)


def text_of(message: BoardMessage | BoardDelta) -> str:
    """Return a message as it goes over the wire: without what is as it is by default, or was not set."""
    if isinstance(message, BoardMessage):
        return message.model_dump_json(exclude_defaults=True)
    return message.model_dump_json(exclude_unset=True)


def applied(told: BoardState, delta: BoardDelta) -> BoardState:
    """Return the state after `told` by a delta; raises Invalid where it names a seat that is not there."""
    state = aged(told, delta.elapsed_ms)
    changes = {change.seat: change for change in delta.seats}
    seats = tuple(_with(line, changes.pop(line.seat, None)) for line in state.seats)
    if changes:
        raise Invalid(f"the hub tells of a seat that is not in the room: {min(changes)}")
    return replace(
        state,
        clock=delta.clock,
        seats=seats,
        attention=state.attention if delta.attention is None else tuple(map(_attention, delta.attention)),
        counts=state.counts if delta.counts is None else _counts(delta.counts),
        paused=state.paused if delta.paused is None else delta.paused,
    )


def board_of(answer: BoardAnswer) -> BoardState:
    """Return the view of a whole state."""
    return BoardState(
        hall=answer.hall,
        title=answer.title,
        clock=answer.clock,
        rows=answer.rows,
        columns=answer.columns,
        seats=tuple(_with(SeatLine(seat=s.seat, row=0, column=0, state=SeatState.EMPTY), s) for s in answer.seats),
        attention=tuple(map(_attention, answer.attention)),
        counts=_counts(answer.counts),
        paused=answer.paused,
    )


def _changed(old: SeatLine, new: SeatLine) -> dict[str, Any]:
    if old == new:
        return {}
    return {name: now for name in _FIELDS if not _is_same(name, getattr(old, name), now := getattr(new, name))}


def _is_same(name: str, old: Any, new: Any) -> bool:
    if name in _TIMES and old is not None and new is not None:
        return bool(abs(old - new) <= DRIFT_MS and (old == 0) == (new == 0))
    return bool(old == new)


def _is_same_attention(old: tuple[Attention, ...], new: tuple[Attention, ...]) -> bool:
    return len(old) == len(new) and all(
        abs(a.age_ms - b.age_ms) <= DRIFT_MS and replace(a, age_ms=0) == replace(b, age_ms=0)
        for a, b in zip(old, new, strict=True)
    )


def _with(line: SeatLine, change: SeatChange | None) -> SeatLine:
    if change is None:
        return line
    said = {name: getattr(change, name) for name in change.model_fields_set}
    if "state" in said:
        said["state"] = SeatState(said["state"])
    return replace(line, **said)


def _attention(answer: AttentionAnswer) -> Attention:
    return Attention(**{**answer.model_dump(), "severity": Severity(answer.severity)})


def _counts(answer: CountsAnswer) -> Counts:
    return Counts(**answer.model_dump())
