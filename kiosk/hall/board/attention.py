"""Attention: what needs a person, raised once, ageing until somebody takes note of it, kept across restarts."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock

from kiosk.exam.attention import KeptAttention
from kiosk.exam.error import Refused
from kiosk.exam.incident import Cause, Meter, Sight
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import Person
from kiosk.hall.board.need import TOLD_BY_SEAT, Need
from kiosk.hall.board.outage import Standstill
from kiosk.views.board import Attention, Severity
from storage.hall.board import BoardPart

RIGHT = "proctoring.annotate_resolve"
INCIDENT = "incident"
LONGEST_WORDS = 300
JOINT = " · "
QUIET = timedelta(minutes=5)
"""So long is what somebody took note of not raised again in the same words."""
_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}


class Attentions:
    """Usable from any thread. What is told by `see` goes by itself; what is `raise`d is over when it is settled."""

    def __init__(self, store: BoardPart) -> None:
        self._store = store
        self._lock = RLock()
        self._kept: dict[str, KeptAttention] = {a.attention_id: a for a in store.attentions()}
        self._seen = {_key(a) for a in self._kept.values() if a.over_at is None and a.meter is None}
        self._settled: dict[tuple[str | None, str, str], datetime] = {}
        """When somebody took note of some words of one kind about a seat."""
        self._told: set[str] = {a.attention_id for a in self._kept.values() if a.meter is not None}

    def see(self, needs: Iterable[Need], now: datetime, silent: Collection[str] = ()) -> None:
        """Compare what needs somebody now with what did: raise what is new, mark what has gone.

        Of `silent` seats nobody knows whether what they told last has gone, so it stays.
        """
        found = {_key(need): need for need in needs}
        with self._lock:
            current = {_key(a): a for a in self._kept.values() if a.attention_id not in self._told}
            changed = [v for key, need in found.items() for v in self._noticed(current.get(key), need, now)]
            held = {key for key in self._seen if key[0] in silent and key[1] in TOLD_BY_SEAT}
            gone = self._seen - found.keys() - held
            changed += [replace(current[key], over_at=now) for key in gone if key in current]
            self._seen = set(found) | held
            self._keep(changed)

    def raise_(
        self,
        need: Need,
        now: datetime,
        submission_id: str | None = None,
        meter: Meter | None = None,
        audit: AuditEntry | None = None,
    ) -> str:
        """Raise something that happened, and does not go by itself; return its id."""
        value = KeptAttention(
            attention_id=uuid.uuid4().hex,
            seat=need.seat,
            kind=need.kind,
            severity=need.severity.value,
            words=need.words[:LONGEST_WORDS],
            raised_at=now,
            over_at=now if meter is None else None,
            submission_id=submission_id,
            meter=meter,
        )
        with self._lock:
            self._told.add(value.attention_id)
            self._keep([value], [] if audit is None else [audit])
        return value.attention_id

    def note(self, need: Need, now: datetime) -> None:
        """Raise what the hub noticed, or add it to what is raised of that kind at that seat already.

        What comes again in the same words after somebody took note of it is not raised for a while.
        """
        words = need.words[:LONGEST_WORDS]
        with self._lock:
            noted = self._settled.get((need.seat, need.kind, words))
            if noted is not None and now - noted < QUIET:
                return
            known = next((a for a in self._kept.values() if self._is_same(a, need)), None)
            if known is None:
                self.raise_(need, now)
            elif words not in known.words:
                graver = max(known.severity, need.severity.value, key=lambda s: _RANK[s])
                told = f"{known.words}{JOINT}{words}"[:LONGEST_WORDS]
                self._keep([replace(known, words=told, severity=graver)])

    def _is_same(self, known: KeptAttention, need: Need) -> bool:
        is_told = known.attention_id in self._told or known.over_at is not None
        return is_told and known.meter is None and (known.seat, known.kind) == (need.seat, need.kind)

    def measure(self, sights: Mapping[str, Sight], now: datetime) -> None:
        """Let the meters run: `sights` says by sitting how it stands."""
        with self._lock:
            changed = []
            for value in self._kept.values():
                sight = sights.get(value.submission_id or "")
                if value.meter is None or value.meter.gap is not None or value.meter.over is not None or sight is None:
                    continue
                meter = value.meter.seen(sight)
                if meter != value.meter:
                    over = now if meter.over is not None else None
                    changed.append(replace(value, meter=meter, over_at=over))
            self._keep(changed)

    def stand(self, found: Iterable[Standstill], told: Mapping[str, Collection[int]], now: datetime) -> None:
        """Raise each gap once; `told` says by sitting which gaps its seat still has: one that is not there is over."""
        with self._lock:
            known = {(a.submission_id, a.meter.gap): a for a in self._kept.values() if a.meter is not None}
            changed = []
            for one in found:
                kept = known.get((one.sitting, one.meter.gap))
                if kept is None:
                    self.raise_(one.need, now, one.sitting, one.meter)
                elif kept.seat != one.need.seat:
                    changed.append(replace(kept, seat=one.need.seat))  # the sitting goes on at another seat
            for (sitting, gap), kept in known.items():
                if gap is not None and kept.over_at is None and gap not in told.get(sitting or "", (gap,)):
                    changed.append(replace(kept, over_at=now))
            self._keep(changed)

    def cause_of(self, submission_id: str) -> Cause | None:
        """Return what the latest incident of a sitting is laid to that is not settled; None where there is none."""
        with self._lock:
            kept = [a for a in self._kept.values() if a.submission_id == submission_id and a.acknowledged_at is None]
        incidents = [a for a in kept if a.meter is not None and a.meter.gap is None]
        latest = max(incidents, key=lambda a: a.raised_at, default=None)
        return None if latest is None or latest.meter is None else latest.meter.cause

    def of_gap(self, submission_id: str, gap: int) -> KeptAttention | None:
        """Return what was raised of a gap; None where nothing was, or it is settled."""
        with self._lock:
            of_sitting = [a for a in self._kept.values() if a.submission_id == submission_id and a.meter is not None]
        return next((a for a in of_sitting if a.meter is not None and a.meter.gap == gap), None)

    def lay(self, attention_id: str, cause: Cause, audit: AuditEntry) -> None:
        """Lay an incident or a gap to another cause; raises Refused for what has none."""
        with self._lock:
            value = self.of(attention_id)
            if value.meter is None or value.acknowledged_at is not None:
                raise Refused("There is nothing to credit or charge for this.")
            self._keep([replace(value, meter=replace(value.meter, cause=cause))], [audit])

    def acknowledge(self, attention_id: str, who: Person, now: datetime) -> None:
        """Write down that somebody took note; raises Refused for what is not there, or was taken note of."""
        self._settle(attention_id, who, now, "acknowledge", None)

    def settle(self, attention_id: str, who: Person, now: datetime, credited_ms: int) -> None:
        """Write down that an incident was settled by a credit."""
        self._settle(attention_id, who, now, "credit", credited_ms)

    def of(self, attention_id: str) -> KeptAttention:
        """Return one of those that are not settled; raises Refused where there is none such."""
        with self._lock:
            value = self._kept.get(attention_id)
        if value is None:
            raise Refused("This has been settled already.")
        return value

    def shown(self, now: datetime, sight: Callable[[str], Sight | None]) -> tuple[Attention, ...]:
        """Return what nobody has taken note of, the gravest and oldest first."""
        with self._lock:
            open_ones = [a for a in self._kept.values() if a.acknowledged_at is None]
        lines = [_shown(value, now, sight(value.submission_id) if value.submission_id else None) for value in open_ones]
        return tuple(sorted(lines, key=lambda a: (-_RANK[a.severity.value], -a.age_ms, a.attention_id)))

    def _settle(self, attention_id: str, who: Person, now: datetime, act: str, credited_ms: int | None) -> None:
        with self._lock:
            value = self.of(attention_id)
            is_gap = value.meter is not None and value.meter.gap is not None
            is_settled = credited_ms is not None
            if value.acknowledged_at is not None and not (is_gap and is_settled):
                raise Refused("Somebody has taken note of this already.")
            ends = is_settled if is_gap else value.meter is not None or value.attention_id in self._told
            settled = replace(
                value, acknowledged_at=now, acknowledged_by=who.user_id, over_at=now if ends else value.over_at
            )
            details: dict[str, object] = {"act": act, "kind": value.kind, "words": value.words}
            details |= {"seat": value.seat} if value.seat else {}
            details |= {} if credited_ms is None else {"ms": str(credited_ms)}
            audit = AuditEntry(
                at=now,
                who=who.user_id,
                action=RIGHT,
                subject_type="attentions",
                subject_id=attention_id,
                details=details,
            )
            self._keep([settled], [audit])
            settled_since = {key: at for key, at in self._settled.items() if now - at < QUIET}
            settled_since |= {(value.seat, value.kind, one): now for one in value.words.split(JOINT)}
            self._settled = settled_since

    def _noticed(self, known: KeptAttention | None, need: Need, now: datetime) -> list[KeptAttention]:
        """Return what changes by a need: a new row, one that is back or graver, or nothing."""
        words, graver = need.words[:LONGEST_WORDS], known is None or _RANK[need.severity.value] > _RANK[known.severity]
        if known is None or (known.acknowledged_at is not None and graver):
            fresh = KeptAttention(
                attention_id=uuid.uuid4().hex,
                seat=need.seat,
                kind=need.kind,
                severity=need.severity.value,
                words=words,
                raised_at=now,
                submission_id=need.submission_id,
            )
            return [fresh] if known is None else [replace(known, over_at=now), fresh]
        severity = need.severity.value if graver else known.severity
        fresh = replace(known, seat=need.seat, severity=severity, words=words, over_at=None)
        if (fresh.severity, fresh.over_at) == (known.severity, known.over_at):
            self._kept[known.attention_id] = fresh  # only its words: they are told, and not worth a commit
            return []
        return [fresh]

    def _keep(self, values: list[KeptAttention], audits: list[AuditEntry] | None = None) -> None:
        if not values:
            return
        self._store.put_attentions(values, audits or ())
        for value in values:
            self._kept[value.attention_id] = value
            if value.is_settled:
                del self._kept[value.attention_id]


def _key(one: Need | KeptAttention) -> tuple[str | None, str]:
    """Return what tells two needs of one moment apart: the seat and the kind, or the sitting wherever it goes on."""
    return (one.seat if one.submission_id is None else one.submission_id), one.kind


def _shown(value: KeptAttention, now: datetime, sight: Sight | None) -> Attention:
    proposal = None
    if value.meter is not None:
        last = value.meter.over or sight
        proposal = None if last is None else value.meter.proposal_ms(last)
    return Attention(
        attention_id=value.attention_id,
        seat=value.seat,
        kind=value.kind,
        severity=Severity(value.severity),
        words=value.words,
        age_ms=max(0, round((now - value.raised_at).total_seconds() * 1000)),
        proposal_ms=proposal,
        cause=None if value.meter is None else value.meter.cause.value,
        charge_ms=None if value.meter is None else value.meter.charge_ms(),
        is_over=value.over_at is not None,
    )
