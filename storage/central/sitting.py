"""The rows of a sitting, made of the journal that counts: a function of the set of its bundles, not of their order."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from kiosk.exam.canonical import respelled
from kiosk.exam.error import Invalid
from kiosk.exam.status import BundleState
from kiosk.exam.story import TOLD, log_id
from storage.central.award import PutDown, flag_overtaken, mark_again, put_down_in
from storage.central.decision import ReadDecision, SittingKey, adopted
from storage.central.once import add_all_once
from storage.central.projection import Projection, answers_of, begin, project, whole_row, write_attempts
from storage.central.provisional import ensure_assignments, ensure_people
from storage.copy import copy_rows
from storage.models import office as rows
from storage.office.store import in_batches
from storage.page import entry_row, evidence_row, lease_row, sitting_key

if TYPE_CHECKING:
    from storage.central.count import Opened

OUTRANKED = "another bundle of this sitting ranks higher and is counted already"
_MISSING_PAPER = ("the paper ", " was not printed here")


def missing_paper(digest: Any) -> Any:
    """Return the words for a paper that is not here, of a digest or of a column of digests."""
    before, after = _MISSING_PAPER
    return f"{before}{digest}{after}" if isinstance(digest, str) else literal(before) + digest + literal(after)


def place(session: Session, batch: Sequence[tuple[rows.Bundle, "Opened"]], read: ReadDecision, at: datetime) -> None:
    """Keep the journals of opened bundles, and let the rows of each sitting say what its highest bundle says.

    No two of a batch are of one sitting, assignment or candidate. Raises Invalid where the office's own rows
    contradict a bundle.
    """
    opened = [one for _, one in batch]
    tests = _tests(session, opened)
    staff = {e.performed_by for o in opened for e in o.story} | {o.page.proctor_id for o in opened if o.page.proctor_id}
    ensure_people(session, [o.candidate for o in opened], staff, at)
    ensure_assignments(session, opened, tests, at)
    session.flush()
    new = begin(session, opened, at)
    known = {_key(o): _locked(session, _key(o)) for o in sorted(opened, key=_key) if _key(o) not in new}
    _keep(session, opened, new)
    for bundle, one in batch:
        bundle.rank, bundle.problem, bundle.state = one.rank, None, BundleState.COUNTED
        bundle.flags = sorted({*bundle.flags, *one.flags})
        if _key(one) in known:
            _weigh(session, known[_key(one)], bundle, one, read, at)
    session.flush()
    write_attempts(session, [o.page for o in opened])


def _tests(session: Session, opened: Iterable["Opened"]) -> Mapping[str, str]:
    digests = {o.page.genesis.paper for o in opened}
    query = select(rows.Paper.paper_digest, rows.Paper.test_id).where(rows.Paper.paper_digest.in_(digests))
    tests = {row.paper_digest: row.test_id for row in session.execute(query)}
    if digests - tests.keys():
        raise Invalid(missing_paper(min(digests - tests.keys())))
    return tests


def _key(opened: "Opened") -> SittingKey:
    return opened.page.genesis.submission_id, opened.page.genesis.opened_on


def _locked(session: Session, key: SittingKey) -> rows.Submission:
    return session.get_one(rows.Submission, key, with_for_update={"key_share": True}, populate_existing=True)


def _keep(session: Session, batch: Iterable["Opened"], new: Container[SittingKey]) -> None:
    """Write what every bundle of a sitting keeps, whether it counts or not."""
    journal: list[dict[str, Any]] = []
    fresh: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    leases: list[dict[str, Any]] = []
    for opened in batch:
        key = sitting_key(opened.page.genesis)
        journal += [{**entry_row(e, respelled), "bundle_id": opened.bundle_id} for e in opened.page.entries]
        (fresh if _key(opened) in new else again).extend({**key, **evidence_row(e)} for e in opened.page.evidence)
        leases += [lease_row(signed) for signed in opened.leases]
    copy_rows(session, rows.JournalEntry, journal)
    copy_rows(session, rows.Evidence, fresh)
    add_all_once(session, rows.Evidence, sorted(again, key=lambda row: (row["submission_id"], row["digest"])))
    add_all_once(session, rows.Lease, sorted(leases, key=lambda row: str(row["lease_id"])))


def _weigh(
    session: Session,
    sitting: rows.Submission,
    bundle: rows.Bundle,
    opened: "Opened",
    read: ReadDecision,
    at: datetime,
) -> None:
    """Let the higher of two bundles of one sitting count."""
    before = None if sitting.bundle_id is None else session.get_one(rows.Bundle, (sitting.bundle_id, sitting.opened_on))
    # one counted before bundles had ranks stays the one that counts
    if before is not None and (before.rank is None or before.rank > opened.rank):
        bundle.state, bundle.problem = BundleState.BRANCH, OUTRANKED
        return
    key = _key(opened)
    was: PutDown = {}
    left = sitting.assignment_id
    if before is not None:
        was = _set_aside(session, sitting, before)
    taken = adopted(session, key, opened.bundle_id, opened.questions, read)
    for name, value in whole_row(opened).items():
        setattr(sitting, name, value)
    session.flush()
    project(session, [Projection(opened, answers_of(opened) | taken.answers)])
    flags = [*taken.flags]
    if before is not None:
        flags += flag_overtaken(session, key, was)
        if sitting.released_at is not None:
            flags.append("a result was released on another bundle of this sitting; look at it again")
    bundle.flags = sorted({*bundle.flags, *flags})
    if left != sitting.assignment_id:
        write_attempts(session, [], {left})
    mark_again(session, sitting, at)


def _set_aside(session: Session, sitting: rows.Submission, before: rows.Bundle) -> PutDown:
    """Take back what the bundle that counted so far said, and return what it had put down."""
    key = (sitting.submission_id, sitting.opened_on)
    was = put_down_in(session, key)
    before.state, before.problem = BundleState.BRANCH, OUTRANKED
    for model in (rows.Answer, rows.Proctoring):
        session.execute(delete(model).where(model.submission_id == key[0], model.opened_on == key[1]))
    entry = rows.JournalEntry
    told = select(entry.seq).where(
        entry.submission_id == key[0],
        entry.opened_on == key[1],
        entry.bundle_id == before.bundle_id,
        entry.kind.in_(TOLD),
    )
    for some in in_batches([log_id(key[0], seq) for seq in session.scalars(told)]):
        session.execute(delete(rows.Log).where(rows.Log.log_id.in_(some)))
    sitting.score = sitting.max_score = sitting.passed = sitting.key_version = None
    return was
