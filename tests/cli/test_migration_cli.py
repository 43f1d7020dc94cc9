"""`kiosk central migrate`, and the office of a home whose database stands on a server."""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from kiosk.cli.central.central import app
from kiosk.exam.error import KioskError
from kiosk.exam.person import Role
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
    role = f"intake_{uuid.uuid4().hex[:12]}"
    words = ["migrate", "--home", str(tmp_path), "--months", "2", "--intake-role", role, "--json"]
    first = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert len(first["months"]) == 3
    again = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    settled = {"role": role, "settled": True, "sql": []}
    assert again == {"revision": first["revision"], "months": [], "intake": settled}
    with Office.open(served) as office, office.engine.begin() as c:
        assert office.people.person("admin").name == "Exam office"
        c.execute(text(f"DROP OWNED BY {role}; DROP ROLE {role}"))


def test_who_may_make_no_role_is_told_what_the_servers_administrator_runs(databases: Databases, tmp_path: Path) -> None:
    engine = databases.make("")
    name = uuid.uuid4().hex[:12]
    with engine.begin() as c:
        c.execute(text(f"CREATE ROLE office_{name} LOGIN; ALTER SCHEMA public OWNER TO office_{name}"))
    place = Home.at(tmp_path).office
    place.make()
    place.personal_key()
    write_secret(place.database, engine.url.set(username=f"office_{name}").render_as_string().encode())
    words = ["migrate", "--home", str(tmp_path), "--months", "0"]
    named = CliRunner().invoke(app, [*words, "--intake-role", f"intake_{name}"])
    assert named.exit_code == 1
    assert f'CREATE ROLE "intake_{name}" NOLOGIN;' in named.output
    with engine.begin() as c:
        c.execute(text(f'CREATE ROLE "intake_{name}" NOLOGIN;'))
    settled = CliRunner().invoke(app, [*words, "--intake-role", f"intake_{name}"])
    assert settled.exit_code == 0, settled.output
    with engine.begin() as c:
        c.execute(text(f"DROP OWNED BY intake_{name}, office_{name}; DROP ROLE intake_{name}"))
    engine.dispose()


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


def files_of(home: Path) -> set[str]:
    """Return the names of all files under a home."""
    return {p.name for p in home.rglob("*") if p.is_file()}


def test_an_address_that_does_not_answer_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "address"
    write_secret(file, f"postgresql://kiosk:{PASSWORD}@127.0.0.1:9/x".encode())
    words = ["init", "--home", str(tmp_path / "home"), "--database-file", str(file)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code != 0
    assert PASSWORD not in f"{told.output}{told.exception!r}"
    assert files_of(tmp_path / "home") == set()


@pytest.mark.parametrize("part", ["keep_database", "upgrade", "found", "staff", "make"])
def test_what_failed_half_way_is_gone_on_with(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    engine = databases.make("")
    file, home = tmp_path / "address", tmp_path / "home"
    write_secret(file, engine.url.render_as_string(hide_password=False).encode())
    words = ["init", "--admin", "Ada", "--home", str(home), "--database-file", str(file)]
    where = {
        "keep_database": "kiosk.ground.home.Place.keep_database",
        "upgrade": "kiosk.office.office.upgrade",
        "found": "storage.office.person.PersonStore.found",
        "staff": "kiosk.central.central.staff",
        "make": "kiosk.central.keys.CentralKeys.make",
    }[part]

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(where, fail)
        assert CliRunner().invoke(app, words).exit_code != 0
    if part == "keep_database":
        assert files_of(home) == set()
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0, again.output
    with Office.open(Home.at(home).office) as office:
        assert [p.name for p in office.people.people([Role.ADMIN])].count("Ada") == 1
    assert "made here before" in str(CliRunner().invoke(app, words).exception)
    engine.dispose()


def test_a_full_disk_leaves_no_half_of_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Home.at(tmp_path).office
    place.make()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        for act in (place.personal_key, lambda: place.keep_database("postgresql://h/x")):
            with pytest.raises(OSError, match="No space"):
                act()
    assert files_of(tmp_path) == set()
    assert len(place.personal_key()) == 64


def test_an_office_begun_at_one_address_is_not_begun_at_another(databases: Databases, tmp_path: Path) -> None:
    place = Home.at(tmp_path / "home").office
    place.make()
    place.keep_database(f"postgresql://kiosk:{PASSWORD}@other/x")
    words = ["init", "--home", str(tmp_path / "home"), "--database"]
    told = CliRunner().invoke(app, words, input="postgresql://h/x\n")
    assert "begun at another address" in str(told.exception)
    assert PASSWORD not in f"{told.output}{told.exception!r}"


def test_the_address_can_be_typed_and_is_not_shown(databases: Databases, tmp_path: Path) -> None:
    engine = databases.make("")
    address = engine.url.render_as_string(hide_password=False)
    words = ["init", "--home", str(tmp_path / "home"), "--database", "--json"]
    made = CliRunner().invoke(app, words, input=f"{address}\n")
    assert made.exit_code == 0, made.output
    assert address not in made.output
    assert Home.at(tmp_path / "home").office.database_url() == address
    engine.dispose()
