"""Section E of the data model: a proctoring session from the opening to its end, with a real screen capture in it."""

import hashlib
from pathlib import Path

import pytest
from textual.pilot import Pilot

from builders import a_test
from campus import SEAT, Campus, a_campus
from house import answer_all
from kiosk.apps import picture
from kiosk.apps.picture import screen_text
from kiosk.apps.seat import SeatApp
from kiosk.office.register import Register
from kiosk.rehearsal.rehearsal import export_seat
from kiosk.seat.place import seat_store
from kiosk.wire.records.record import Record

HOUR_MS = 3_600_000


@pytest.fixture
def campus(tmp_path: Path) -> Campus:
    campus = a_campus(tmp_path, a_test(settings={"captureSeconds": "1"}))
    campus.send()
    return campus


async def until(pilot: Pilot[int], wanted: str) -> str:
    """Let the App work until a word can be read."""
    for _ in range(600):
        text = "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())
        if wanted in text:
            return text
        await pilot.pause(0.02)
    raise AssertionError(f"never saw {wanted!r} in\n{text}")


async def begin(pilot: Pilot[int], campus: Campus) -> None:
    """Sign in by keys and start the test."""
    await until(pilot, "Sign in")
    await pilot.press(*(campus.candidate.person.roll_number or ""), "tab", *campus.candidate.secret, "enter")
    await until(pilot, "Is this you?")
    await pilot.press("enter")
    await until(pilot, "My tests")
    await pilot.press("enter")
    await until(pilot, "Not yet")
    await pilot.press("left", "enter")
    await until(pilot, "Question 1")


def count(campus: Campus) -> tuple[Record, Record, str]:
    """Bring the sitting up and return its proctoring session, its submission and its first capture's digest."""
    folder = campus.home.folder.parent / "bundles"
    assert export_seat(campus.home, SEAT, folder, campus.clock) == 1
    assert all(t.receipt for t in campus.central.intake.take_folder(folder))
    assert [s.problem for s in campus.central.counting.work()] == [None]
    register = Register(campus.central.office.engine)
    [session], [submission] = register.find("proctoringSessions"), register.find("testSubmissions")
    captures = [a for a in session.columns()["activities"] if a["activityType"] == "screen_capture"]
    return session, submission, captures[0]["metadata"]["imageUrl"] if captures else ""


@pytest.mark.parametrize("undrawn", [0, 2])
async def test_a_real_screen_is_captured_and_the_hand_in_ends_the_session(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, undrawn: int
) -> None:
    seen = ["" for _ in range(undrawn)]  # what a screen reads as that was not laid out yet
    monkeypatch.setattr(picture, "screen_text", lambda screen: seen.pop() if seen else screen_text(screen))
    hall = campus.open_hall()
    app = SeatApp(SEAT, campus.desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, campus)
        shown = await until(pilot, "Saved: this seat")
        for _ in range(200):
            if evidence_at_the_seat(campus):
                break
            await pilot.pause(0.1)
        assert app.desk is not None
        answer_all(app.desk)
        app.desk.hand_in()
        app.desk.close()
    hall.close()
    record = evidence_at_the_seat(campus)

    session, submission, image = count(campus)
    fields, row = session.columns(), submission.columns()
    assert fields["proctor_id"] == campus.proctor.person.user_id
    assert fields["submission_id"] == row["submission_id"]
    assert fields["started_at"] == row["started_at"]
    assert fields["ended_at"] == row["submitted_at"]
    digest = image.rpartition("/")[2].rpartition(":")[2]
    text = record[digest]
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    assert "Question 1" in text
    assert shown.splitlines()[0].rstrip() in text or "left" in text


def evidence_at_the_seat(campus: Campus) -> dict[str, str]:
    """Return the evidence of the seat's one sitting, by digest."""
    store = seat_store(campus.home.seat(SEAT))
    try:
        [submission_id] = [line.submission_id for line in store.sittings()]
        return {e.digest: e.content.decode() for e in store.whole_record(submission_id).evidence}
    finally:
        store.close()


def test_time_out_ends_the_session_too(campus: Campus) -> None:
    hall = campus.open_hall()
    desk = campus.desk()
    desk.sign_in(campus.candidate.person.roll_number or "", campus.candidate.secret)
    desk.begin(desk.tests()[0].assignment_id)
    for _ in range(2 * HOUR_MS // 5_000):
        if desk.state().handed_in_by is not None:
            break
        campus.clock.advance(5_000)
        desk.tick()
    assert desk.state().handed_in_by == "time"
    desk.close()
    hall.close()

    session, submission, _ = count(campus)
    assert session.columns()["ended_at"] == submission.columns()["submitted_at"]
    assert submission.columns()["submitted_at"] is not None
