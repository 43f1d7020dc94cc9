"""Opening an office: encrypted, migrated, and in words when it cannot be."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk.exam.error import KioskError
from kiosk.ground.home import Home
from kiosk.office.office import Office
from storage.engine import StoreError
from storage.migration import current, head
from stores import PERSONAL, MakeStore


def test_an_office_is_made_encrypted_migrated_and_only_ours(tmp_path: Path) -> None:
    place = Home.at(tmp_path).office
    with Office.open(place, create=True) as office:
        assert current(office.engine) == head()
        assert [p.user_id for p in office.people.people()] == ["admin", "author", "evaluator", "system"]
    assert stat.S_IMODE(place.store.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.keys.stat().st_mode) == 0o700
    assert not place.store.read_bytes().startswith(b"SQLite format 3")


def test_it_opens_again_with_what_was_in_it(tmp_path: Path) -> None:
    place = Home.at(tmp_path).office
    Office.open(place, create=True).close()
    with Office.open(place) as office:
        assert office.people.person("admin").name == "Exam office"


def test_none_is_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kiosk central init"):
        Office.open(Home.at(tmp_path).office)
    assert list(tmp_path.iterdir()) == []


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    place = Home.at(tmp_path).office
    Office.open(place, create=True).close()
    (place.keys / "store.key").write_bytes(bytes(32))
    with pytest.raises(KioskError, match="does not open with the key"):
        Office.open(place)
    (place.keys / "store.key").unlink()
    with pytest.raises(KioskError, match="is missing"):
        Office.open(place, create=True)


def test_a_server_is_brought_up_only_when_asked(make_store: MakeStore) -> None:
    engine = make_store("")
    if engine.dialect.name != "postgresql":
        pytest.skip("a file is brought up whenever it is opened")
    url = engine.url.render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="There is no exam office in this store yet"):
        Office.open(url)
    with Office.open(url, create=True, personal=PERSONAL) as office:
        assert current(office.engine) == head()
    with Office.open(url, personal=PERSONAL) as office, office.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM users")) == 4
