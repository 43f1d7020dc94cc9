"""Challenges: what a seat asks a code for. One is kept until it is used, so that no code ever fits twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, update

from storage.models import seat as rows
from storage.transaction import Transactional


@dataclass(frozen=True, slots=True)
class Drawn:
    """One challenge as it was drawn."""

    nonce: str
    wrong_tries: int
    at: datetime


class ChallengePart(Transactional):
    """The open challenges of a seat: one for each sitting and candidate."""

    MISFIT = "A challenge was drawn at this very moment. Look again."

    def drawn(self, submission_id: str, candidate_id: str) -> Drawn | None:
        """Return the open challenge of a sitting and candidate, or None."""
        with self._reading() as work:
            row = work.get(rows.ActChallenge, (submission_id, candidate_id))
            return None if row is None else Drawn(row.nonce, row.wrong_tries, row.drawn_at)

    def draw(self, submission_id: str, candidate_id: str, nonce: str, at: datetime) -> None:
        """Keep a new challenge in the place of the one before."""
        with self._writing() as work:
            work.execute(delete(rows.ActChallenge).where(*_of(submission_id, candidate_id)))
            work.execute(
                insert(rows.ActChallenge),
                [{"submission_id": submission_id, "candidate_id": candidate_id, "nonce": nonce, "drawn_at": at}],
            )

    def count(self, submission_id: str, candidate_id: str, nonce: str) -> int:
        """Count a try at a challenge, before it is judged; return how many there were with this one."""
        challenge = rows.ActChallenge
        with self._writing() as work:
            counted = work.execute(
                update(challenge)
                .where(*_of(submission_id, candidate_id), challenge.nonce == nonce)
                .values(wrong_tries=challenge.wrong_tries + 1)
                .returning(challenge.wrong_tries)
            )
            return counted.scalar_one_or_none() or 0

    def use(self, submission_id: str, candidate_id: str, nonce: str) -> bool:
        """Use a challenge up; return whether it was open: of two who come with one code, one is too late."""
        challenge = rows.ActChallenge
        with self._writing() as work:
            used = work.execute(
                delete(challenge)
                .where(*_of(submission_id, candidate_id), challenge.nonce == nonce)
                .returning(challenge.nonce)
            )
            return used.one_or_none() is not None


def _of(submission_id: str, candidate_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return rows.ActChallenge.submission_id == submission_id, rows.ActChallenge.candidate_id == candidate_id
