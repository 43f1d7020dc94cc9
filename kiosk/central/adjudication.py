"""Adjudication: what becomes of branches and held bundles, decided by two people and signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.central.counting import Counting
from kiosk.central.keys import CentralKeys
from kiosk.central.opener import attempt_of
from kiosk.exam.attempt import Attempt
from kiosk.exam.decision import Contrast, Decision, contrasts, fork
from kiosk.exam.entry import Entry
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.moment import iso
from kiosk.exam.page import AnswerRow
from kiosk.exam.record import SealedRecord
from kiosk.exam.roles import Actor
from kiosk.exam.status import BundleState
from kiosk.exam.text import clean_text
from kiosk.office.office import Office
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.decision import read_decision, sign_decision
from storage.central.count import Settled
from storage.central.decision import DecisionStore
from storage.central.record import RecordStore

ADJUDICATE = "proctoring.adjudicate"


@dataclass(frozen=True, slots=True)
class Branching:
    """A branch of a sitting beside the journal that counts."""

    submission_id: str
    opened_on: str
    counted: str
    """Bundle ids."""
    branch: str
    hall: str
    seat: str
    """Where the branch was sealed."""
    parted_at: int
    """The first entry in which the two differ."""
    contrasts: tuple[Contrast, ...]
    """Every question touched after that, as each tells it."""
    adopted: tuple[str, ...]
    """Questions whose answer a decision took from this branch."""


@dataclass(frozen=True, slots=True)
class _Journal:
    bundle: Bundle
    attempt: Attempt
    entries: tuple[Entry, ...]


class Adjudication:
    """Shows branches side by side and carries out what adjudicators decide. Every act needs two people."""

    def __init__(
        self, office: Office, records: RecordStore, decisions: DecisionStore, counting: Counting, keys: CentralKeys
    ) -> None:
        self._office = office
        self._records = records
        self._decisions = decisions
        self._counting = counting
        self._keys = keys

    def branches(self, actor: Actor, submission_id: str | None = None) -> tuple[Branching, ...]:
        """Return the branches of one sitting or of all, and write down who looked; raises Denied without the right."""
        self._office.check(ADJUDICATE, actor)
        found = self._records.bundle_ids(BundleState.BRANCH, submission_id)
        if submission_id is not None and not found:
            raise Refused(f"The sitting {submission_id} has no branch here.")
        shown = tuple(self._branching(bundle_id) for bundle_id in found)
        looked_at = sorted({b.submission_id for b in shown})
        subject = submission_id or "all"
        self._decisions.note(self._office.audit(ADJUDICATE, actor, "test_submissions", subject, seen=looked_at))
        return shown

    def adopt(
        self, actor: Actor, submission_id: str, bundle: str, questions: Sequence[str], reason: str
    ) -> tuple[Decision, ...]:
        """Take the answers to some questions over from a branch, by one signed decision for each.

        Raises Denied without the right, Refused for what is no branch of this sitting or says nothing else.
        """
        self._office.check(ADJUDICATE, actor)
        words, now = _reason(reason), self._office.now()
        branch_id = self._named(bundle, BundleState.BRANCH, submission_id)
        branching = self._branching(branch_id)
        found = {c.question_id: c for c in branching.contrasts if c.differs}
        for question in questions:
            if question not in found:
                raise Refused(f"The branch says nothing else about {question}. It differs in: {_listed(found)}.")
        decided = [
            self._signed(actor, (submission_id, branching.opened_on), branch_id, found[q].branch, words, now)
            for q in dict.fromkeys(questions)
        ]
        audit = self._office.audit(
            ADJUDICATE,
            actor,
            "test_submissions",
            submission_id,
            bundle=branch_id,
            questions=list(questions),
            reason=words,
        )
        self._decisions.adopt(decided, audit, now)
        return tuple(decision for decision, _ in decided)

    def allow(self, actor: Actor, bundle: str, reason: str) -> Settled:
        """Let a held bundle count, or be a branch, by its rank; raises Denied, and Refused for one that is not held."""
        self._office.check(ADJUDICATE, actor)
        words, now = _reason(reason), self._office.now()
        bundle_id = self._named(bundle, BundleState.HELD)
        sealed = self._sealed(bundle_id)
        sitting = (sealed.submission_id, sealed.opened_on)
        decision, envelope = self._signed(actor, sitting, bundle_id, None, words, now)
        audit = self._office.audit(ADJUDICATE, actor, "bundles", bundle_id, reason=words)
        return self._counting.allow(decision, envelope, audit)

    def _signed(
        self,
        actor: Actor,
        sitting: tuple[str, str],
        bundle_id: str,
        answer: AnswerRow | None,
        reason: str,
        at: datetime,
    ) -> tuple[Decision, bytes]:
        issuer = self._keys.issuer()
        envelope = sign_decision(
            submission_id=sitting[0],
            opened_on=sitting[1],
            bundle_id=bundle_id,
            answer=answer,
            reason=reason,
            decided_by=actor.user_id,
            second=None if actor.second is None else actor.second.user_id,
            decided_at=iso(at),
            key=issuer.key,
            chain=issuer.chain,
        )
        return read_decision(envelope, self._keys.root, self._keys.revoked()), envelope

    def _branching(self, branch_id: str) -> Branching:
        branch = self._journal(self._sealed(branch_id))
        manifest = branch.bundle.manifest
        sealed = self._records.bundle(manifest.submission_id)
        if sealed is None:
            raise KioskError(f"No bundle of the sitting {manifest.submission_id} is counted.")
        counted = self._journal(sealed)
        sitting = (manifest.submission_id, manifest.opened_on)
        taken = (read_decision(e, self._keys.root) for e in self._decisions.envelopes(sitting))
        return Branching(
            submission_id=sitting[0],
            opened_on=sitting[1],
            counted=sealed.bundle_id,
            branch=branch_id,
            hall=manifest.hall,
            seat=manifest.seat,
            parted_at=fork(counted.entries, branch.entries),
            contrasts=contrasts(counted.attempt, counted.entries, branch.attempt, branch.entries),
            adopted=tuple(d.question_id for d in taken if d.bundle_id == branch_id and d.question_id is not None),
        )

    def _journal(self, sealed: SealedRecord) -> _Journal:
        opener = self._counting.opener
        bundle = opener.verified(sealed.envelope, sealed.body)
        contents = opener.contents(bundle)
        attempt = attempt_of(contents, opener.paper(contents.genesis.paper))
        return _Journal(bundle, attempt, contents.entries)

    def _sealed(self, bundle_id: str) -> SealedRecord:
        sealed = self._records.sealed(bundle_id)
        if sealed is None:
            raise Refused(f"There is no bundle {bundle_id[:16]} here.")
        return sealed

    def _named(self, bundle: str, state: BundleState, submission_id: str | None = None) -> str:
        """Return the one bundle in a state whose id begins as typed."""
        found = [b for b in self._records.bundle_ids(state, submission_id) if b.startswith(bundle)]
        if len(bundle) < 8 or len(found) > 1:
            raise Refused("Name the bundle by more of its id.")
        if not found:
            kind = "held bundle" if state is BundleState.HELD else "branch of this sitting"
            raise Refused(f"There is no {kind} {bundle[:16]} here. `kiosk central branches` and `status` name them.")
        return found[0]


def _reason(text: str) -> str:
    words = clean_text(text).strip()
    if not words:
        raise Invalid("A decision has a reason: say which.")
    return words


def _listed(names: dict[str, Contrast]) -> str:
    return ", ".join(names) or "nothing"
