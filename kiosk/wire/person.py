"""The people of a roster, field by field: who they are, how they are known, what they are allowed beyond the paper."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.person import Person, Role
from kiosk.exam.roster import Account
from kiosk.wire.document import Count, Document, Identifier, Name


class AccommodationDocument(Document):
    """What a person is allowed beyond the paper."""

    extra_percent: Annotated[int, Field(ge=0, le=1_000)]
    extra_ms: Count
    rest_breaks: bool

    @classmethod
    def of(cls, value: Accommodation) -> "AccommodationDocument":
        """Return the document of a value."""
        return cls(extra_percent=value.extra_percent, extra_ms=value.extra_ms, rest_breaks=value.rest_breaks)

    def value(self) -> Accommodation:
        """Return the value of a document."""
        return Accommodation(self.extra_percent, self.extra_ms, self.rest_breaks)


class PersonDocument(Document):
    """One candidate or proctor, with the Argon2id string of the access code or PIN."""

    user_id: Identifier
    role: Literal["admin", "author", "evaluator", "proctor", "candidate", "system"]
    name: Name
    roll_number: Name | None
    is_active: bool
    secret_hash: Annotated[str, Field(max_length=500, pattern=r"^\$argon2id\$")] | None
    accommodation: AccommodationDocument

    def __repr__(self) -> str:
        return f"PersonDocument({self.user_id})"

    @classmethod
    def of(cls, account: Account) -> "PersonDocument":
        """Return the document of a value; the e-mail address stays in the office."""
        person = account.person
        return cls(
            user_id=person.user_id,
            role=person.role.value,
            name=person.name,
            roll_number=person.roll_number,
            is_active=person.is_active,
            secret_hash=account.secret_hash,
            accommodation=AccommodationDocument.of(person.accommodation),
        )

    def value(self) -> Account:
        """Return the value of a document."""
        person = Person(
            user_id=self.user_id,
            role=Role(self.role),
            name=self.name,
            roll_number=self.roll_number,
            is_active=self.is_active,
            accommodation=self.accommodation.value(),
        )
        return Account(person, self.secret_hash)
