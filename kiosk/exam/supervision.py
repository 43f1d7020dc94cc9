"""What a proctor's grant does to a sitting: each act in its place, each grant once."""

from collections.abc import Mapping
from typing import Any

from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.grant import NEEDS_SECOND, Act, Grant
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Phase, Sitting, Step
from kiosk.exam.timing import MINUTE_MS


def carry_out(sitting: Sitting, grant: Grant, moment: Moment) -> list[Step]:
    """Return the steps of a verified grant; raises Refused when it is not for this sitting, used, or out of place."""
    if grant.submission_id != sitting.genesis.submission_id:
        raise Refused("This permission is for another sitting.")
    if grant.grant_id in sitting.grants:
        raise Refused("This permission has been used.")
    if grant.act in NEEDS_SECOND and (grant.second is None or grant.second == grant.who):
        raise Refused("This act needs a second person.")
    _must_fit(sitting, grant, moment)
    stamp = {"who": grant.who, "grant": grant.grant_id, "reason": grant.reason}
    if grant.second is not None:
        stamp["second"] = grant.second
    return [
        *_before(sitting, grant),
        Step(_KINDS[grant.act], {**stamp, **_particulars(sitting, grant, moment)}),
        *_after(grant, stamp),
    ]


LONGEST_MS = 24 * 3_600_000
"""The longest extension, and the most that is charged for a gap nobody could measure."""
SPARED_MS = MINUTE_MS
"""What a taking back leaves of each clock, so that nobody is handed in between two keys for a proctor's slip."""
_KINDS: Mapping[Act, Kind] = {
    Act.PAUSE: Kind.PAUSED,
    Act.RESUME: Kind.RESUMED,
    Act.EXTEND: Kind.EXTENDED,
    Act.NOTE: Kind.NOTED,
    Act.LOCK: Kind.LOCKED,
    Act.UNLOCK: Kind.UNLOCKED,
    Act.END: Kind.HANDED_IN,
    Act.REOPEN: Kind.REOPENED,
    Act.CHARGE_GAP: Kind.GAP_ATTRIBUTED,
    Act.MOVE: Kind.NOTED,
    Act.TAKE_BACK: Kind.EXTENDED,
}
_WORKING = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.LOCKED})
_PHASES: Mapping[Act, frozenset[Phase]] = {
    Act.PAUSE: frozenset({Phase.RUNNING}),
    Act.RESUME: frozenset({Phase.PAUSED}),
    Act.EXTEND: _WORKING,
    Act.NOTE: _WORKING | {Phase.HANDED_IN},
    Act.LOCK: frozenset({Phase.RUNNING, Phase.PAUSED}),
    Act.UNLOCK: frozenset({Phase.LOCKED}),
    Act.END: _WORKING,
    Act.REOPEN: frozenset({Phase.HANDED_IN}),
    Act.CHARGE_GAP: _WORKING | {Phase.HANDED_IN},
    Act.MOVE: _WORKING,
    Act.TAKE_BACK: _WORKING,
}


def is_possible(act: Act, phase: Phase) -> bool:
    """Whether an act can be done to a sitting in a phase, as far as that alone says."""
    return phase in _PHASES.get(act, frozenset())


def _must_fit(sitting: Sitting, grant: Grant, moment: Moment) -> None:
    if not is_possible(grant.act, sitting.phase):
        act, phase = grant.act.value.replace("_", " "), sitting.phase.value.replace("_", " ")
        raise Refused(f"This is not possible now ({act}): the sitting is {phase}.")
    if grant.section is not None and grant.section not in {s.section_id for s in sitting.paper.sections}:
        raise Refused("This paper has no such section.")
    if grant.act is Act.EXTEND and not 0 < grant.amount_ms <= LONGEST_MS:
        raise Refused("An extension is more than nothing and at most a day.")
    if grant.act is Act.CHARGE_GAP:
        _must_fit_gap(sitting, grant)
    if grant.act is Act.REOPEN:
        _must_leave_work(sitting, grant, moment)
    if grant.act is Act.TAKE_BACK:
        _must_be_unspent(sitting, grant, moment)


def _must_fit_gap(sitting: Sitting, grant: Grant) -> None:
    gap = None if grant.gap is None else sitting.ledger.gaps.get(grant.gap)
    if gap is None or gap.charged_ms is not None:
        raise Refused("There is no such gap, or it has been settled.")
    longest = LONGEST_MS if gap.ms is None else gap.ms
    if not 0 <= grant.amount_ms <= longest:
        raise Refused("A gap is charged with nothing, or with as much as it lasted at most.")


def _must_leave_work(sitting: Sitting, grant: Grant, moment: Moment) -> None:
    """Refuse a reopening that the clocks would undo at once."""
    if not 0 <= grant.amount_ms <= LONGEST_MS:
        raise Refused("An extension is at most a day.")
    if sitting.ledger.balance_ms(moment) + grant.amount_ms <= 0:
        raise Refused("No time is left. Give minutes with the reopening.")
    if not _opens_section(sitting, grant, moment) and len(sitting.shut_sections(moment)) == len(sitting.paper.sections):
        raise Refused("Every section is over. Name the one to open again, and give minutes with the reopening.")


def _must_be_unspent(sitting: Sitting, grant: Grant, moment: Moment) -> None:
    if grant.note not in sitting.ledger.extensions:
        raise Refused("There is no such extension, or it has been taken back.")
    if _unspent_ms(sitting, grant, moment) <= 0:
        raise Refused("This time has been used. It cannot be taken back any more.")


def _unspent_ms(sitting: Sitting, grant: Grant, moment: Moment) -> int:
    """Return how much of an extension can be taken from both clocks it was added to, leaving `SPARED_MS` of each."""
    extension = sitting.ledger.extensions[grant.note]
    balances = [sitting.ledger.balance_ms(moment)]
    if extension.section is not None:
        section = sitting.ledger.section_balance_ms(extension.section, moment)
        balances += [] if section is None else [section]
    return min(extension.ms, *(balance - SPARED_MS for balance in balances))


def _opens_section(sitting: Sitting, grant: Grant, moment: Moment) -> bool:
    section = grant.section or sitting.section
    if not grant.amount_ms or section is None:
        return False
    balance = sitting.ledger.section_balance_ms(section, moment)
    return balance is None or balance + grant.amount_ms > 0


def _before(sitting: Sitting, grant: Grant) -> list[Step]:
    return sitting.finish_text() if grant.act in (Act.END, Act.MOVE) else []


def _after(grant: Grant, stamp: Mapping[str, Any]) -> list[Step]:
    if grant.act is not Act.REOPEN or not grant.amount_ms:
        return []
    return [Step(Kind.EXTENDED, {**stamp, "ms": grant.amount_ms, "section": grant.section})]


def _particulars(sitting: Sitting, grant: Grant, moment: Moment) -> dict[str, Any]:
    match grant.act:
        case Act.EXTEND:
            return {"ms": grant.amount_ms, "section": grant.section}
        case Act.NOTE:
            return {"category": grant.reason, "text": grant.note}
        case Act.MOVE:
            return {"category": "move", "text": grant.note}
        case Act.TAKE_BACK:
            ms = -_unspent_ms(sitting, grant, moment)
            return {"ms": ms, "section": sitting.ledger.extensions[grant.note].section, "undoes": grant.note}
        case Act.CHARGE_GAP:
            return {"gap": grant.gap, "charged_ms": grant.amount_ms}
        case Act.END:
            questions = len(sitting.paper.questions)
            return {"by": "proctor", "answered": sitting.answered_count, "questions": questions}
    return {}
