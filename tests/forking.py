"""Sittings that went on in two places: bundles of one sitting that agree up to a point and differ after it."""

from dataclasses import dataclass, replace
from typing import Any

from builders import FakeClock, Trial, a_lease, a_person
from keyring import Keyring, grants_of, seal_journal, signed_grant
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedLease
from kiosk.exam.paper import Paper
from kiosk.sealing.bundle import Bundle, seal
from kiosk.sealing.envelope import PayloadType, sign

COMMON = {"cells-1": ["cells-1-1"], "cells-2": ["cells-2-1", "cells-2-3"], "cells-3": ["cells-3-2"]}
"""What every journal of a fork put down before they part: wrong, right and wrong."""


@dataclass
class Fork:
    """One sitting whose journal is written on at several seats."""

    paper: Paper
    keyring: Keyring
    number: int = 1
    roll: str = ""
    """The candidate's roll number, if not the usual one."""

    @property
    def lease(self) -> Lease:
        """The lease of the opening."""
        return a_lease(
            self.paper,
            submission_id=f"submission-{self.number}",
            assignment_id=f"assignment-{self.number}",
            candidate_id=f"candidate-{self.number}",
            lease_id=f"lease-{self.number}",
        )

    def later(self, epoch: int, **changes: Any) -> Lease:
        """Return the lease of a later epoch."""
        fields = {
            "lease_id": f"lease-{self.number}-{epoch}",
            "epoch": epoch,
            "issued_at": f"2031-05-06T12:{epoch:02}:30.000Z",
        }
        return replace(self.lease, **fields | changes)

    def bundle(
        self,
        choices: dict[str, list[str]] | None = None,
        texts: dict[str, str] | None = None,
        *,
        epoch: int = 1,
        hand_in: bool = True,
        name: str = "Okafor, Anna",
        **lease: Any,
    ) -> Bundle:
        """Return the bundle of a journal that, after a common beginning, put these answers down under one lease."""
        clock = FakeClock()
        trial = Trial(self.paper, clock, self.lease)
        self._answer(trial, COMMON, {})
        leases = [self.lease]
        if epoch > 1:
            leases.append(self.later(epoch, **lease))
            trial.take(trial.sitting.take_over(leases[-1]))
        self._answer(trial, choices or {}, texts or {})
        if hand_in:
            trial.take(trial.sitting.hand_in(clock.advance(1_000)))
        seal_journal(trial)
        return self.sealed(trial, leases, name)

    def sealed(self, trial: Trial, leases: list[Lease], name: str = "Okafor, Anna") -> Bundle:
        """Return the bundle of a sealed journal under these leases."""
        return seal(
            trial.genesis,
            trial.entries,
            candidate=a_person(user_id=self.lease.candidate_id, name=name, roll_number=self.roll or f"B-{self.number}"),
            leases=[
                SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self.keyring.hall))
                for lease in leases
            ],
            grants=[signed_grant(g, self.keyring) for g in grants_of(trial)],
            sealer=self.keyring.sealer,
        )

    def _answer(self, trial: Trial, choices: dict[str, list[str]], texts: dict[str, str]) -> None:
        sitting, clock = trial.sitting, trial.clock
        for question, value in (choices | texts).items():
            trial.take(sitting.visit(question, clock.advance(1_000)))
            if question in texts:
                trial.take(sitting.type(question, value, clock.advance(2_000)))
            else:
                trial.take(sitting.choose(question, value, clock.advance(2_000)))
