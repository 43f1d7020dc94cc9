"""Acquaintances: candidates a hall admitted at this seat, with what recognises them when it does not answer."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.dialects.sqlite import insert as upsert

from storage.models import seat as rows
from storage.seat.page import table_of
from storage.transaction import Transactional


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """One candidate who signed in here before."""

    roll_number: str
    candidate_id: str
    name: str
    secret_hash: str = field(repr=False)
    """Argon2id string of their code."""


class AcquaintancePart(Transactional):
    """Who signed in at a seat."""

    MISFIT = "Somebody signs in at this very moment. Try again."

    def known(self, roll_number: str) -> Acquaintance | None:
        """Return who signed in here with a roll number, or None."""
        with self._reading() as work:
            row = work.get(rows.Acquaintance, roll_number)
            if row is None:
                return None
            return Acquaintance(row.roll_number, row.candidate_id, row.name, row.secret_hash)

    def keep(self, known: Acquaintance, at: datetime) -> None:
        """Keep how somebody is recognised, in the place of what was kept before."""
        values = {
            "roll_number": known.roll_number,
            "candidate_id": known.candidate_id,
            "name": known.name,
            "secret_hash": known.secret_hash,
            "kept_at": at,
        }
        statement = upsert(table_of(rows.Acquaintance))
        new = {name: statement.excluded[name] for name in values if name != "roll_number"}
        with self._writing() as work:
            work.execute(statement.on_conflict_do_update(index_elements=["roll_number"], set_=new), [values])
