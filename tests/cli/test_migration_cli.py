"""`kiosk central migrate`, and the office of a home whose database stands on a server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.central import app
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home, Place, write_secret
from kiosk.office.office import Office
from stores import Databases

PASSWORD = "aardvark-7"


@pytest.fixture
def served(databases: Databases, tmp_path: Path) -> Iterator[Place]:
    """The office of a home, on a server, still empty."""
    engine = databases.make("")
    place = Home.at(tmp_path).office
    place.make()
    place.personal_key()
    write_secret(place.database, engine.url.render_as_string(hide_password=False).encode())
    yield place
    engine.dispose()


def test_an_office_on_a_server_is_brought_up_once(served: Place, tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="no exam office in this store"):
        Office.open(served)
    words = ["migrate", "--home", str(tmp_path), "--months", "2", "--json"]
    first = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert len(first["months"]) == 3
    again = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert again == {"revision": first["revision"], "months": []}
    with Office.open(served) as office:
        assert office.people.person("admin").name == "Exam office"


def test_an_address_others_may_read_is_refused(served: Place) -> None:
    served.database.chmod(0o644)
    with pytest.raises(KioskError, match="can be read by others"):
        Office.open(served)


def test_names_without_their_key_are_not_replaced_by_a_new_key(served: Place) -> None:
    (served.keys / "personal.key").unlink()
    with pytest.raises(KioskError, match="is missing"):
        Office.open(served)


@pytest.mark.parametrize(
    "address", [f"postgresql://kiosk:{PASSWORD}@127.0.0.1:9/x", f"mysql://u:{PASSWORD}@h/x", PASSWORD]
)
def test_no_error_shows_the_password(tmp_path: Path, address: str) -> None:
    place = Home.at(tmp_path).office
    place.make()
    place.personal_key()
    write_secret(place.database, address.encode())
    with pytest.raises(KioskError) as told:
        Office.open(place)
    assert PASSWORD not in f"{told.value}{told.value!r}"


def test_central_is_made_on_a_server_by_the_address_in_a_file(databases: Databases, tmp_path: Path) -> None:
    engine = databases.make("")
    file = tmp_path / "address"
    write_secret(file, engine.url.render_as_string(hide_password=False).encode())
    home = tmp_path / "home"
    made = CliRunner().invoke(app, ["init", "--admin", "Ada", "--home", str(home), "--database-file", str(file)])
    assert made.exit_code == 0, made.output
    place = Home.at(home).office
    assert place.database.stat().st_mode & 0o777 == 0o600
    assert not place.store.exists()
    with Office.open(place) as office:
        assert office.engine.dialect.name == "postgresql"
    engine.dispose()


def test_an_address_that_does_not_answer_leaves_no_office(tmp_path: Path) -> None:
    file = tmp_path / "address"
    write_secret(file, f"postgresql://kiosk:{PASSWORD}@127.0.0.1:9/x".encode())
    words = ["init", "--home", str(tmp_path / "home"), "--database-file", str(file)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code != 0
    assert PASSWORD not in f"{told.output}{told.exception!r}"
    assert not Home.at(tmp_path / "home").office.exists
