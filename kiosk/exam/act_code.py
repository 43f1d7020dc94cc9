"""Challenge and code: how a proctor allows one act at a seat that cannot reach its hall.

The seat shows a challenge: a short keyed digest (HMAC-SHA-256, RFC 2104) of its name, the candidate, the sitting and a
random nonce. The hall answers with a code: 50 bits of a second keyed digest, of the seat, the challenge, the act with
its amount and reason, and who allows it, with the proctor's number. Only that seat and its hall hold the key; so a code
fits one seat, candidate, sitting, act, amount, reason, challenge and proctor, and nothing else.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kiosk.exam.canonical import canonical
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.grant import Act
from kiosk.exam.spelling import Mistyped, Spelling, digits, number
from kiosk.exam.text import clean_line

CODED_ACTS = (Act.START, Act.RESUME, Act.EXTEND, Act.UNLOCK, Act.MOVE, Act.REOPEN, Act.PAUSE, Act.LOCK)
"""What a code can allow."""
LARGEST_AMOUNT_MS = 24 * 3_600_000
LARGEST_NUMBER = 511
"""Proctors of a hall are numbered from 1 up to here."""
CHALLENGE_LIFE = timedelta(minutes=30)
"""How long a challenge is good after it was drawn; so a code that was never typed is worth nothing after that."""
_MAC_BITS = 50
_MAC_CHARACTERS, _WHO_CHARACTERS, _CHALLENGE_CHARACTERS = 10, 2, 6
_CODE = Spelling(3, 4, "This code", "the console")
_CHALLENGE = Spelling(2, 3, "A challenge", "the seat")
_FOR_CHALLENGE, _FOR_CODE = "exam-kiosk challenge 1", "exam-kiosk act code 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a challenge was drawn: by whose seat, for whom, in which sitting."""

    seat: str
    candidate_id: str
    """Empty where nobody is known to sit there."""
    submission_id: str
    """Empty before a sitting is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked for, in the words both sides put into the code."""

    act: Act
    amount_ms: int = 0
    reason: str = ""

    @classmethod
    def of(cls, act: Act, amount_ms: int, reason: str) -> "Terms":
        """Return the terms with the reason as both sides spell it; raises Refused for an act no code allows."""
        if act not in CODED_ACTS:
            raise Refused(f"No code allows this act ({act.value.replace('_', ' ')}). It needs the hall.")
        if not 0 <= amount_ms <= LARGEST_AMOUNT_MS:
            raise Refused("Time is given in minutes, from nothing to a day.")
        return cls(act=act, amount_ms=amount_ms, reason=" ".join(clean_line(reason, 100).casefold().split()))


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who allows an act, as a code tells it."""

    proctor: int
    """Number of the proctor in the hall's list."""
    has_second: bool = False
    """Whether a second person gave a PIN too; the hall wrote down who."""

    def __post_init__(self) -> None:
        if not 1 <= self.proctor <= LARGEST_NUMBER:
            raise Invalid(f"proctors are numbered from 1 to {LARGEST_NUMBER}")


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code as it was read; it proves nothing before `fits`."""

    signatory: Signatory
    digest: int = field(repr=False)


def challenge_of(key: bytes, setting: Setting, nonce: str) -> str:
    """Return the challenge a seat shows, in two groups of four."""
    told = {
        "for": _FOR_CHALLENGE,
        "seat": setting.seat,
        "candidate": setting.candidate_id,
        "submission": setting.submission_id,
        "nonce": nonce,
    }
    return _CHALLENGE.spell(digits(_digest(key, told, 5 * _CHALLENGE_CHARACTERS), _CHALLENGE_CHARACTERS))


def read_challenge(typed: str) -> str:
    """Return a challenge in its one spelling; raises Mistyped, naming the group with a slip."""
    return _CHALLENGE.spell(_CHALLENGE.read(typed))


def code_of(key: bytes, seat: str, challenge: str, terms: Terms, signatory: Signatory) -> str:
    """Return the code that allows an act, in three groups of five."""
    who = signatory.proctor << 1 | signatory.has_second
    digest = _code_digest(key, seat, challenge, terms, signatory)
    return _CODE.spell([*digits(who, _WHO_CHARACTERS), *digits(digest, _MAC_CHARACTERS)])


def read_code(typed: str) -> TypedCode:
    """Read a typed code; raises Mistyped, naming the groups with a slip."""
    values = _CODE.read(typed)
    who, digest = number(values[:_WHO_CHARACTERS]), number(values[_WHO_CHARACTERS:])
    if not who >> 1:
        raise Mistyped("This is not a code for an act: it names no proctor. Compare it with the console.")
    return TypedCode(Signatory(who >> 1, bool(who & 1)), digest)


def respelt(typed: str) -> str:
    """Return a code in its one spelling; raises Mistyped, naming the groups with a slip."""
    return _CODE.spell(_CODE.read(typed))


def fits(key: bytes, seat: str, challenge: str, terms: Terms, typed: TypedCode) -> bool:
    """Whether a code allows just this act at this seat for this challenge; takes as long whatever is wrong."""
    wanted = _code_digest(key, seat, challenge, terms, typed.signatory)
    return hmac.compare_digest(wanted.to_bytes(8, "big"), typed.digest.to_bytes(8, "big"))


def _code_digest(key: bytes, seat: str, challenge: str, terms: Terms, signatory: Signatory) -> int:
    told = {
        "for": _FOR_CODE,
        "seat": seat,
        "challenge": challenge,
        "act": terms.act.value,
        "amount_ms": terms.amount_ms,
        "reason": terms.reason,
        "proctor": signatory.proctor,
        "second": signatory.has_second,
    }
    return _digest(key, told, _MAC_BITS)


def _digest(key: bytes, told: Mapping[str, Any], bits: int) -> int:
    """Return the first bits of the keyed digest of canonical JSON."""
    digest = hmac.digest(key, canonical(told), "sha256")
    return int.from_bytes(digest[:8], "big") >> 64 - bits
