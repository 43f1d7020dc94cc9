"""Sealing and verifying bundles, in one process, against the cryptography and compression alone.

The floor of sealing is zstd and age over the same bytes; that of verifying, four bare signatures and one digest.

python -m benchmarks.seal [--json]
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.crowd import Crowd
from benchmarks.figure import Figure, Table, tell
from kiosk.central.keys import CentralKeys
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import Person, Role
from kiosk.exam.press import print_test
from kiosk.ground.clock import SystemClock
from kiosk.office.sample_exam import sample_test
from kiosk.sealing.age import seal_to
from kiosk.sealing.body import body_bytes
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.compression import compress

BUNDLES = 200
SIGNATURES = 4


def rates(act: Callable[[int], object], count: int = BUNDLES) -> tuple[float, ...]:
    """Return how many a second, one act after the other."""
    found = []
    for number in range(count):
        begun = time.perf_counter()
        act(number)
        found.append(1 / (time.perf_counter() - begun))
    return tuple(found)


def measure() -> Table:
    """Seal and verify, each beside its floor."""
    paper, _ = print_test(sample_test())
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder:
        keys = CentralKeys(Path(folder))
        keys.make(parse_iso(SystemClock().now().at))
        crowd = Crowd(paper, keys.issuer())
        journals = [crowd.journal(number) for number in range(BUNDLES)]
        bundles: list[Bundle] = []
        sealed = rates(lambda number: bundles.append(crowd.sealed(number, *journals[number])))
        return _table(crowd, journals, bundles, sealed)


def _table(
    crowd: Crowd, journals: Sequence[tuple[Genesis, list[Entry]]], bundles: Sequence[Bundle], sealed: tuple[float, ...]
) -> Table:
    person = Person(user_id="candidate", role=Role.CANDIDATE, name="Candidate")
    plains = [body_bytes(genesis, entries, person, [], [], []) for genesis, entries in journals]
    message, key = b"x" * 4096, crowd.sealer.key.private
    signature, public = key.sign(message), key.public_key()

    def bare_verify(number: int) -> None:
        for _ in range(SIGNATURES):
            public.verify(signature, message)
        hashlib.sha256(bundles[number].body).digest()

    figures = (
        Figure("zstd and age alone", rates(lambda n: seal_to(crowd.sealer.recipients, compress(plains[n]))), "/s"),
        Figure("seal, verified and read back", sealed, "/s"),
        Figure("4 signatures and a digest alone", rates(bare_verify), "/s"),
        Figure("verify", rates(lambda n: verify(bundles[n].data, crowd.issuer.root)), "/s"),
    )
    return Table(f"Sealing, {sum(len(b.data) for b in bundles) // len(bundles):,} bytes a bundle", figures)


if __name__ == "__main__":
    tell(measure())
