"""A coded grant: an act that a seat carried out for a code, in a form its hall and central can look into afterwards."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.exam.grant import Act
from kiosk.wire.document import ChainTexts, Count, Document, Identifier, Instant, Name

Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Field(max_length=2_000)]


class GrantDocument(Document):
    """`kiosk.exam.grant.Grant`, field by field."""

    grant_id: Identifier
    submission_id: Annotated[str, Field(max_length=200)]
    seat: Name
    act: Act
    who: Name
    second: Name | None
    amount_ms: Count
    section: Annotated[str | None, Field(max_length=200)]
    gap: Count | None
    reason: Annotated[str, Field(max_length=200)]
    note: Words
    issued_at: Instant


class CodedGrantDocument(Document):
    """What the seat signs: the grant, and the challenge and code that allowed it."""

    version: Literal[1]
    grant: GrantDocument
    candidate_id: Annotated[str, Field(max_length=200)]
    """Who sat there; empty where nobody was known to."""
    nonce: Nonce
    challenge: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")]
    code: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$")]
    certificates: ChainTexts
    """Those of the seat that carried it out: a sitting may have gone on elsewhere since."""
