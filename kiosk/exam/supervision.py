"""What a proctor's grant does to a sitting, and what a seat notes by itself."""

from collections.abc import Mapping
from typing import Any

from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.grant import NEEDS_SECOND, Act, Grant
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Phase, Sitting, Step


def carry_out(sitting: Sitting, grant: Grant, moment: Moment) -> list[Step]:
    """Return the steps of a verified grant; raises Refused when it is not for this sitting, used, or out of place."""
    if grant.submission_id != sitting.genesis.submission_id:
        raise Refused("This permission is for another sitting.")
    if grant.grant_id in sitting.grants:
        raise Refused("This permission has been used.")
    if grant.act in NEEDS_SECOND and (grant.second is None or grant.second == grant.who):
        raise Refused("This act needs a second person.")
    _must_fit(sitting, grant)
    stamp = {"who": grant.who, "grant": grant.grant_id, "reason": grant.reason}
    if grant.second is not None:
        stamp["second"] = grant.second
    return [
        *_before(sitting, grant, moment),
        Step(_KINDS[grant.act], {**stamp, **_particulars(sitting, grant)}),
    ]


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
}


def _must_fit(sitting: Sitting, grant: Grant) -> None:
    if grant.act not in _PHASES or sitting.phase not in _PHASES[grant.act]:
        raise Refused(f"{grant.act.value} is not possible: the sitting is {sitting.phase.value.replace('_', ' ')}.")
    if grant.act is Act.EXTEND and not 0 < grant.amount_ms <= 24 * 3_600_000:
        raise Refused("An extension is more than nothing and at most a day.")
    if grant.act is Act.CHARGE_GAP and sitting.ledger.gaps.get(grant.gap or -1, 0) is not None:
        raise Refused("There is no such gap, or it has been settled.")
    if grant.section is not None:
        sitting.paper.section(grant.section)


def _before(sitting: Sitting, grant: Grant, moment: Moment) -> list[Step]:
    return sitting.finish_text(moment) if grant.act is Act.END else []


def _particulars(sitting: Sitting, grant: Grant) -> dict[str, Any]:
    match grant.act:
        case Act.EXTEND:
            return {"ms": grant.amount_ms, "section": grant.section}
        case Act.NOTE:
            return {"category": grant.reason, "text": grant.note}
        case Act.CHARGE_GAP:
            return {"gap": grant.gap, "charged_ms": grant.amount_ms}
        case Act.END:
            questions = len(sitting.paper.questions)
            return {"by": "proctor", "answered": sitting.answered_count, "questions": questions}
    return {}
