"""Names, roll numbers and addresses: sealed on a server, looked up all the same, and closed to another key."""

from datetime import UTC, datetime

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import Person, Role
from older import put, put_sittings
from storage import migration
from storage.central.package import PackageStore
from storage.central.release import ReleaseStore
from storage.engine import StoreError, open_engine
from storage.models import office
from storage.office.person import NewPerson, PersonStore
from storage.personal import PersonalSeal, check_seal
from stores import PERSONAL, Databases, MakeStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLANTED = ("Zwetschgenheimer Quokkasdottir", "ROLL-77-QUAGGA", "quagga@example.org")
ADA = Person(user_id="u1", role=Role.CANDIDATE, name=PLANTED[0], roll_number=PLANTED[1], email=PLANTED[2])
SEAL = PersonalSeal(PERSONAL)
AUDIT = AuditEntry(
    at=NOW, who="u1", action="test.export_package", subject_type="envelope_codes", subject_id="t1", details={}
)


@pytest.fixture
def people(engine: Engine) -> PersonStore:
    """The people of a new office, one of them planted."""
    store = PersonStore(engine)
    store.found((), NOW)
    store.add([NewPerson(ADA)], NOW, [])
    return store


def found_in(engine: Engine, words: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return where any of some words stands in any row of any table, as a dump would show it."""
    with engine.connect() as c:
        if engine.dialect.name == "postgresql":
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            tables = [str(name) for name in c.scalars(text(query))]
            whole = {t: "\n".join(map(str, c.scalars(text(f'SELECT t::text FROM "{t}" t')))) for t in tables}
        else:
            tables = [str(n) for n in c.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
            whole = {t: "\n".join(str(tuple(r)) for r in c.execute(text(f'SELECT * FROM "{t}"'))) for t in tables}
    assert len(whole) > 30
    return {(table, word) for table, rows in whole.items() for word in words if word in rows}


def test_no_row_of_a_server_names_anybody(people: PersonStore, engine: Engine) -> None:
    seen = found_in(engine, PLANTED)
    assert seen == (set() if engine.dialect.name == "postgresql" else {("users", word) for word in PLANTED})


def test_everybody_is_found_and_read_all_the_same(people: PersonStore) -> None:
    assert people.by_roll_number(PLANTED[1]) == ADA
    assert people.person("u1") == ADA
    assert people.by_roll_number("ROLL-78") is None
    with pytest.raises(Refused, match="is taken"):
        people.add([NewPerson(Person(user_id="u2", role=Role.CANDIDATE, name="B", roll_number=PLANTED[1]))], NOW, [])


def test_a_roll_number_is_unique_where_it_is_sealed(people: PersonStore, engine: Engine) -> None:
    same = (
        "UPDATE users SET roll_number = (SELECT roll_number FROM users WHERE user_id = 'u1') WHERE user_id = 'system'"
    )
    with pytest.raises(IntegrityError, match=r"(?i)unique"), engine.begin() as c:
        c.execute(text(same))


def test_people_come_in_the_order_of_their_names(people: PersonStore) -> None:
    some = [
        Person(user_id=f"p{i}", role=Role.PROCTOR, name=name)
        for i, name in enumerate(("Cyd", "Ada", "Bob", "Édouard", "Abe"))
    ]
    people.add([NewPerson(p) for p in some], NOW, [])
    rolls = [
        Person(user_id=f"c{i}", role=Role.CANDIDATE, name="N", roll_number=roll)
        for i, roll in enumerate(("30", "10", "20"))
    ]
    people.add([NewPerson(p) for p in rolls], NOW, [])
    assert [p.name for p in people.people([Role.PROCTOR])] == ["Abe", "Ada", "Bob", "Cyd", "Édouard"]
    assert [p.roll_number for p in people.people([Role.CANDIDATE])] == ["10", "20", "30", PLANTED[1]]


def test_without_the_key_nothing_is_read_or_written(databases: Databases) -> None:
    engine = databases.make("office")
    PersonStore(engine).found((), NOW)
    bare = open_engine(engine.url.render_as_string(hide_password=False))
    for act in (
        lambda: check_seal(bare),
        lambda: PersonStore(bare).person("system"),
        lambda: PersonStore(bare).add([NewPerson(ADA)], NOW, []),
    ):
        with pytest.raises(StoreError, match=r"opened without personal\.key"):
            act()
    with bare.connect() as c:
        assert c.scalar(text("SELECT count(*) FROM users")) == 1
    bare.dispose()
    databases.close(engine)


def test_another_key_says_so_and_shows_nothing(databases: Databases) -> None:
    engine = databases.make("office")
    PersonStore(engine).found((), NOW)
    other = open_engine(engine.url.render_as_string(hide_password=False), personal=bytes(64))
    with pytest.raises(StoreError, match=r"does not open with personal\.key"):
        check_seal(other)
    other.dispose()
    databases.close(engine)


def test_people_that_are_there_are_sealed_by_the_migration(databases: Databases) -> None:
    engine = databases.make("")
    with engine.begin() as c:
        command.upgrade(migration._config(c), "0007")
        put_sittings(c)
    bare = open_engine(engine.url.render_as_string(hide_password=False))
    with pytest.raises(StoreError, match=r"opened without personal\.key"):
        migration.upgrade(bare)
    bare.dispose()
    assert found_in(engine, ("Ada Lovelace",)) == {("users", "Ada Lovelace")}
    migration.upgrade(engine)
    assert found_in(engine, ("Ada Lovelace", "'R1'")) == set()
    assert PersonStore(engine).by_roll_number("R1") is not None
    with engine.begin() as c:
        command.downgrade(migration._config(c), "0007")
    assert found_in(engine, ("Ada Lovelace",)) == {("users", "Ada Lovelace")}


SECRETS = ("AAAA-ENVELOPE-QUAGGA", "AGE-SECRET-KEY-1QUAGGA")


def put_secrets(engine: Engine, sealed: bool) -> None:
    """Put a code and an identity into a new office: by the stores, or as they stood before they were sealed."""
    with engine.begin() as c:
        put_sittings(c)
        put(c, "papers", paper_digest="d1", test_id="t1", printed_by="u1")
        if not sealed:
            put(c, "envelope_codes", test_id="t1", hall="Hall 2", code=SECRETS[0])
            put(c, "paper_identities", paper_digest="d1", identity=SECRETS[1])
    if sealed:
        ReleaseStore(engine).code("t1", "Hall 2", lambda: SECRETS[0], NOW)
        PackageStore(engine).identity("d1", lambda: (SECRETS[1], "age1"), NOW)


def read_secrets(engine: Engine) -> tuple[str, str]:
    """Return both, as whoever needs them reads them."""
    code = ReleaseStore(engine).code("t1", "Hall 2", lambda: "another", NOW)
    return code, PackageStore(engine).identity("d1", lambda: ("another", "age1"), NOW)


def test_no_row_of_a_server_shows_what_opens_a_paper(databases: Databases) -> None:
    engine = databases.make("office")
    put_secrets(engine, sealed=True)
    assert found_in(engine, SECRETS) == set()
    assert read_secrets(engine) == SECRETS
    ReleaseStore(engine).renew("t1", "Hall 2", "BBBB-ENVELOPE-QUOKKA", AUDIT)
    assert found_in(engine, ("BBBB-ENVELOPE-QUOKKA",)) == set()
    assert read_secrets(engine)[0] == "BBBB-ENVELOPE-QUOKKA"
    databases.close(engine)


def test_secrets_that_are_there_are_sealed_by_the_migration(databases: Databases) -> None:
    engine = databases.make("")
    with engine.begin() as c:
        command.upgrade(migration._config(c), "0010")
    put_secrets(engine, sealed=False)
    open_to_see = {("envelope_codes", SECRETS[0]), ("paper_identities", SECRETS[1])}
    assert found_in(engine, SECRETS) == open_to_see
    migration.upgrade(engine)
    assert found_in(engine, SECRETS) == set()
    assert read_secrets(engine) == SECRETS
    with engine.begin() as c:
        command.downgrade(migration._config(c), "0010")
    assert found_in(engine, SECRETS) == open_to_see
    databases.close(engine)


@given(st.text(), st.booleans())
def test_every_text_comes_back(value: str, same: bool) -> None:
    value = value.encode("utf-8", "ignore").decode()
    sealed = SEAL.seal("users.name", value, same=same)
    assert SEAL.open("users.name", sealed, same=same) == value
    assert (SEAL.seal("users.name", value, same=same) == sealed) is same


@given(st.binary())
def test_all_bytes_come_back_and_in_no_other_column(value: bytes) -> None:
    sealed = SEAL.seal_bytes("evidence.body", value)
    assert SEAL.open_bytes("evidence.body", sealed) == value
    assert SEAL.seal_bytes("evidence.body", value) != sealed
    for column, changed in (
        ("users.name", sealed),
        ("evidence.body", sealed[:-1]),
        ("evidence.body", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("evidence.body", b"siv1:"),
        ("evidence.body", value),
    ):
        with pytest.raises(StoreError):
            SEAL.open_bytes(column, changed)


def test_captures_that_are_there_are_sealed_by_the_migration(databases: Databases) -> None:
    engine, words = databases.make(""), "Quokkasdottir"
    with engine.begin() as c:
        command.upgrade(migration._config(c), "0011")
        put_sittings(c)
        keys = c.execute(text("SELECT submission_id, opened_on FROM test_submissions")).all()
        for number, (sitting, day) in enumerate(keys):
            values = {"s": sitting, "d": day, "n": str(number), "body": f"{words} {number}".encode()}
            row = "(:s, :d, :n, 'text/plain', now(), :body)"
            c.execute(
                text(
                    "INSERT INTO evidence (submission_id, opened_on, digest, media_type, captured_at, body) "
                    f"VALUES {row}"
                ),
                values,
            )
    migration.upgrade(engine)
    with engine.connect() as c:
        raw = [bytes(body) for body in c.scalars(text("SELECT body FROM evidence"))]
        assert len(raw) == len(keys) > 1
        assert not any(words.encode() in body for body in raw)
        read = {row.digest: row.body for row in c.execute(select(office.Evidence.digest, office.Evidence.body))}
    assert read == {str(n): f"{words} {n}".encode() for n in range(len(keys))}
    with engine.begin() as c:
        command.downgrade(migration._config(c), "0011")
        assert all(words.encode() in bytes(body) for body in c.scalars(text("SELECT body FROM evidence")))


@given(st.text("abc", min_size=1), st.integers(0), st.integers(0, 7))
def test_no_bit_can_be_changed_nor_a_value_moved(value: str, place: int, bit: int) -> None:
    import base64

    sealed = SEAL.seal("users.email", value, same=False)
    with pytest.raises(StoreError):
        SEAL.open("users.name", sealed, same=False)
    raw = bytearray(base64.b64decode(sealed[5:]))
    raw[place % len(raw)] ^= 1 << bit
    with pytest.raises(StoreError, match="does not open"):
        SEAL.open("users.email", "siv1:" + base64.b64encode(raw).decode(), same=False)


@pytest.mark.parametrize("value", ["Ada", "", "siv1:", "siv1:!!!!", "siv1:AAAA"])
def test_what_was_never_sealed_is_not_taken_for_a_name(value: str) -> None:
    with pytest.raises(StoreError):
        SEAL.open("users.name", value, same=False)


@pytest.mark.parametrize("key", [b"", bytes(32), bytes(65)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(KioskError, match="64"):
        PersonalSeal(key)
    assert "00" not in repr(SEAL)


def test_the_seal_travels_to_every_session_of_an_engine(make_store: MakeStore) -> None:
    from storage.engine import reading

    engine = make_store("office")
    PersonStore(engine).found((), NOW)
    with reading(engine).connect():
        assert PersonStore(reading(engine)).person("system").name == "exam-kiosk"
