"""Counting: stored bundles are opened, held against their manifest and the hall's word, folded, and made rows."""

from collections.abc import Iterator
from datetime import datetime

from kiosk.central.opener import Opener
from kiosk.exam.decision import Decision
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.status import BundleState
from storage.central.count import CountStore, Opened, Settled, Unfit, Waiting
from storage.engine import StoreError

HELD = "it is signed under a certificate that was revoked; two adjudicators decide whether it counts"


class Counting:
    """Opens what intake stored. One bundle that cannot be counted holds up no other."""

    def __init__(self, counts: CountStore, opener: Opener, clock: Clock) -> None:
        self._counts = counts
        self.opener = opener
        self._clock = clock

    def work(self, *, again: bool = False) -> Iterator[Settled]:
        """Open every bundle that waits, in the order they came; with `again`, those that failed before as well.

        What failed only for want of its paper is tried again by itself once the paper is printed here.
        """
        self.renew(again=again)
        while done := self.some():
            yield from done

    def renew(self, *, again: bool = False) -> int:
        """Let bundles wait again whose paper has come, or with `again` all that failed; return how many."""
        return self._counts.try_again() if again else self._counts.with_papers()

    def next(self) -> Settled | None:
        """Open and count the bundle that has waited longest and that no other worker has; None where none waits.

        A problem is written down with the bundle and returned, not raised. Raises StoreError where the store itself
        fails; the bundle then waits as before.
        """
        return next(iter(self._counts.settle_some(self.judge, self._now, 1)), None)

    def some(self) -> tuple[Settled, ...]:
        """Open and count together several of those that have waited longest; none where none waits.

        It comes to what `next` comes to one by one, and is much faster.
        """
        return self._counts.settle_some(self.judge, self._now)

    def must_take_workers(self) -> None:
        """Raise Refused where the store has one writer at a time, so that more than one worker gains nothing."""
        if not self._counts.takes_many:
            raise Refused("This office is kept in a file, which one worker writes at a time. More need PostgreSQL.")

    def settle(self, bundle_id: str) -> Settled:
        """Open and count one bundle, also one that failed before."""
        return self._counts.settle(bundle_id, self.judge, self._now())

    def allow(self, decision: Decision, envelope: bytes, audit: AuditEntry) -> Settled:
        """Count a bundle that is held, by a signed decision; raises Refused with its problem where it cannot be."""
        return self._counts.allow(decision, envelope, self.judge_allowed, audit, self._now())

    def judge(self, waiting: Waiting) -> Opened | Unfit:
        """Open a bundle; one under a revoked key is held, and never opened here."""
        return self._judge(waiting, is_allowed=False)

    def judge_allowed(self, waiting: Waiting) -> Opened | Unfit:
        """Open a bundle that adjudicators let count although its key was revoked."""
        return self._judge(waiting, is_allowed=True)

    def _judge(self, waiting: Waiting, *, is_allowed: bool) -> Opened | Unfit:
        try:
            bundle = self.opener.verified(waiting.envelope, waiting.body)
            if bundle.is_revoked and not is_allowed:
                return Unfit(BundleState.HELD, HELD)
            return self.opener.opened(bundle)
        except StoreError:
            raise  # the store's trouble says nothing about the bundle
        except KioskError as error:
            return Unfit(BundleState.FAILED, error.message)
        except Exception as error:  # noqa: BLE001 - a fault of this program must not stop the bundles behind it
            return Unfit(BundleState.FAILED, f"this program cannot open it ({type(error).__name__}); tell its makers")

    def _now(self) -> datetime:
        return parse_iso(self._clock.now().at)


__all__ = ["Counting", "Settled"]
