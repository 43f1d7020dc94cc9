from dataclasses import replace

import pytest
from pydantic import ValidationError

from builders import NOON
from keyring import HALL, a_roster
from kiosk.exam.canonical import canonical
from kiosk.exam.notification import Notification
from kiosk.exam.roster import HeldResult
from kiosk.wire.roster import RosterDocument


def test_a_roster_crosses_and_comes_back():
    document = a_roster()
    assert RosterDocument.of(HALL, document.roster()) == document


def test_a_notice_and_a_result_cross():
    notice = Notification(
        notification_id="n1",
        user_id="candidate-1",
        type="test_assigned",
        created_at=NOON,
        metadata={"message": "Soon."},
    )
    result = HeldResult("submission-0", "assignment-1", NOON, '{"score":"7"}')
    roster = replace(a_roster().roster(), notifications=(notice,), results=(result,))
    assert RosterDocument.of(HALL, roster).roster() == roster


def test_a_secret_is_never_shown_and_never_plain():
    assert "argon2id" not in repr(a_roster())
    document = a_roster().model_dump(mode="json")
    document["people"][0]["secret_hash"] = "1234"
    with pytest.raises(ValidationError):
        RosterDocument.model_validate_json(canonical(document))


@pytest.mark.parametrize("extra", ["rubric", "key", "email"])
def test_what_is_not_listed_does_not_travel(extra):
    document = a_roster().model_dump(mode="json")
    document["people"][0][extra] = "x"
    with pytest.raises(ValidationError):
        RosterDocument.model_validate_json(canonical(document))
