"""The intake's role on PostgreSQL: the door works under it, and everything else is refused by the server itself."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import ProgrammingError

from kiosk.exam.error import Invalid, Refused
from storage import migration
from storage.engine import StoreError, open_engine
from storage.models.office import OfficeBase
from storage.role import INTAKE_RIGHTS, settle_intake
from stores import Databases, Files

PASSWORD = "aardvark-7"
NOT_ALLOWED = "42501"
ACTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
TABLES = [*OfficeBase.metadata.tables, "alembic_version"]
CLOSED = sorted(set(TABLES) - set(INTAKE_RIGHTS))


@dataclass
class Server:
    """A migrated office, the intake's role in it, and a login that was given the role."""

    office: Engine
    role: str
    login: str

    def run(self, *statements: str) -> None:
        """Run statements as the office."""
        with self.office.begin() as c:
            for statement in statements:
                c.execute(text(statement))

    @contextmanager
    def entered(self, way: str = "login") -> Iterator[Engine]:
        """Return an engine of the role: of the login it was granted to, or by SET ROLE."""
        url = self.office.url
        if way == "login":
            url = url.set(username=self.login, password=PASSWORD)
        engine = open_engine(url.render_as_string(hide_password=False))
        if way == "set role":

            @event.listens_for(engine, "connect")
            def become(connection: Any, record: object) -> None:
                connection.execute(f"SET ROLE {self.role}")
                connection.commit()

            engine.dispose()
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    """An office on PostgreSQL with the role settled."""
    engine = databases.make("")
    migration.upgrade(engine)
    name = uuid.uuid4().hex[:12]
    made = Server(engine, f"intake_{name}", f"door_{name}")
    given = settle_intake(engine, made.role)
    assert given is not None
    assert given.is_settled
    made.run(f"CREATE ROLE {made.login} LOGIN PASSWORD '{PASSWORD}' IN ROLE {made.role}")
    yield made
    made.run(f"DROP OWNED BY {made.role}, {made.login}", f"DROP ROLE {made.role}, {made.login}")
    databases.close(engine)


def statement(act: str, table: str) -> str:
    """Return a statement that does something to all of a table, and would change nothing if it were let."""
    column = next(iter(OfficeBase.metadata.tables[table].columns)).name if table != "alembic_version" else "version_num"
    return {
        "SELECT": f"SELECT count(*) FROM {table}",
        "INSERT": f"INSERT INTO {table} SELECT * FROM {table} WHERE false",
        "UPDATE": f'UPDATE {table} SET "{column}" = "{column}" WHERE false',
        "DELETE": f"DELETE FROM {table} WHERE false",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[act]


def refusal(engine: Engine, words: str) -> str:
    """Return the SQLSTATE with which PostgreSQL refuses a statement; empty where it does not."""
    with engine.connect() as c:
        try:
            c.execute(text(words))
        except ProgrammingError as error:
            return str(getattr(error.orig, "sqlstate", "unknown"))
    return ""


def is_refused(engine: Engine, words: str) -> bool:
    """Return whether PostgreSQL says that this is not allowed; any other failure fails the test."""
    state = refusal(engine, words)
    assert state in ("", NOT_ALLOWED), (state, words)
    return state == NOT_ALLOWED


@pytest.mark.parametrize("way", ["login", "set role"])
def test_every_table_is_shut_but_for_what_taking_in_needs(server: Server, way: str) -> None:
    with server.entered(way) as engine:
        let = {(table, act) for table in TABLES for act in ACTS if not is_refused(engine, statement(act, table))}
    assert let == {(table, act) for table, acts in INTAKE_RIGHTS.items() for act in acts}


def test_what_counts_is_among_what_is_shut() -> None:
    """A control of the test above: had the rights named these, it would agree."""
    private = {"users", "answers", "journal", "answer_keys", "papers", "paper_identities", "envelope_codes", "marks"}
    assert private | {"evidence", "audit_log", "decisions", "test_submissions"} <= set(CLOSED)
    assert all("UPDATE" not in acts and "TRUNCATE" not in acts for acts in INTAKE_RIGHTS.values())


@pytest.mark.parametrize(
    "words",
    [
        "COPY users TO STDOUT",
        "COPY (SELECT body FROM answer_keys) TO STDOUT",
        "COPY chunks TO '/tmp/chunks.copy'",
        "COPY chunks FROM PROGRAM 'id'",
        "COPY chunks FROM '/etc/passwd'",
        "SELECT * FROM answers_default",
        "SELECT name FROM users",
        "SELECT query_to_xml('SELECT * FROM journal', true, false, '')",
        "SELECT cursor_to_xml('c', 1, true, false, '') FROM answer_keys",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_read_binary_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(1, '/tmp/x')",
        "SELECT nextval('audit_log_audit_id_seq')",
        "SELECT last_value FROM audit_log_audit_id_seq",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_authid",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid()",
        "CREATE TABLE loot (x text)",
        "CREATE FUNCTION loot() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "CREATE TRIGGER loot BEFORE INSERT ON bundles FOR EACH ROW EXECUTE FUNCTION receipts_kept()",
        "ALTER TABLE bundles ADD COLUMN loot text",
        "ALTER TABLE bundles DISABLE TRIGGER ALL",
        "DROP TABLE chunks",
        "LOCK TABLE users",
        "CREATE ROLE loot",
        "SET session_replication_role = replica",
        "SELECT 1 FROM bundles FOR UPDATE",
        "SELECT * FROM hall_tokens FOR UPDATE",
        "INSERT INTO chunks SELECT name, '', '', now() FROM users",
        "INSERT INTO bundles TABLE bundles ON CONFLICT (bundle_id, opened_on) DO UPDATE SET state = 'counted'",
        "MERGE INTO chunks USING users ON digest = user_id WHEN MATCHED THEN DELETE",
    ],
)
def test_no_way_around_reads_or_changes_what_is_shut(server: Server, words: str) -> None:
    with server.entered() as engine:
        assert is_refused(engine, words)


def test_no_view_of_the_servers_own_shows_what_is_shut(server: Server) -> None:
    server.run("ANALYZE")
    with server.entered() as engine, engine.connect() as c:
        seen = set(c.scalars(text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")))
        assert seen <= set(INTAKE_RIGHTS)
        told = c.scalars(text("SELECT query FROM pg_stat_activity WHERE usename <> current_user"))
        assert set(told) <= {"<insufficient privilege>"}


def test_a_login_of_the_role_makes_no_month(server: Server) -> None:
    from storage.partition import ensure_month

    with server.office.connect() as c:
        day = str(c.scalar(text("SELECT current_date")))
    with server.entered() as engine:
        assert not ensure_month(engine, day)


def test_settling_again_takes_back_whatever_else_was_given(server: Server) -> None:
    server.run(
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {server.role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {server.role}",
        f"GRANT SELECT (name) ON users TO {server.role}",
        "GRANT SELECT ON answer_keys TO PUBLIC",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {server.role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO PUBLIC",
    )
    with server.entered() as engine:
        assert not is_refused(engine, "SELECT body FROM answer_keys")
    settle_intake(server.office, server.role)
    server.run("CREATE TABLE later (x serial)")
    try:
        with server.entered() as engine:
            for words in (
                "SELECT body FROM answer_keys",
                "SELECT name FROM users",
                "SELECT * FROM later",
                "SELECT nextval('later_x_seq')",
                "CREATE TABLE loot ()",
            ):
                assert is_refused(engine, words), words
    finally:
        server.run("DROP TABLE later")
    test_every_table_is_shut_but_for_what_taking_in_needs(server, "login")


@pytest.mark.parametrize(
    ("give", "take", "told"),
    [
        ("GRANT pg_read_all_data TO {role}", "REVOKE pg_read_all_data FROM {role}", r"MEMBER on role pg_read_all_data"),
        (
            "CREATE FUNCTION peep() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM users'",
            "DROP FUNCTION peep()",
            r"EXECUTE on function peep\(\)",
        ),
        (
            "CREATE SCHEMA side; CREATE VIEW side.peep AS SELECT * FROM users; GRANT SELECT ON side.peep TO {other}",
            "DROP SCHEMA side CASCADE",
            None,
        ),
    ],
)
def test_rights_that_come_another_way_are_told(server: Server, give: str, take: str, told: str | None) -> None:
    names = {"role": server.role, "other": server.login}
    server.run(give.format(**names))
    try:
        if told is None:
            assert settle_intake(server.office, server.role) is not None
            return
        with pytest.raises(StoreError, match=told):
            settle_intake(server.office, server.role)
    finally:
        server.run(take.format(**names))
    assert settle_intake(server.office, server.role) is not None


@pytest.mark.parametrize("name", ["", "Intake", "pg_intake", "public", 'x"; DROP TABLE users; --', "ä", "x" * 64])
def test_a_name_no_role_should_have_is_refused(server: Server, name: str) -> None:
    with pytest.raises(Invalid, match="cannot be the intake's role"):
        settle_intake(server.office, name)


def test_a_role_with_powers_of_its_own_is_refused(server: Server) -> None:
    with pytest.raises(Refused, match="powers of its own"):
        settle_intake(server.office, str(server.office.url.username))
    server.run(f"CREATE ROLE {server.role}_maker CREATEROLE")
    with pytest.raises(Refused, match="powers of its own"):
        settle_intake(server.office, f"{server.role}_maker")
    server.run(f"DROP ROLE {server.role}_maker")


def test_who_may_make_no_role_is_told_what_to_ask_for(server: Server) -> None:
    missing = f"{server.role}_other"
    with server.entered() as engine:
        asked = settle_intake(engine, missing)
        assert asked is not None
        assert asked.statements == (f'CREATE ROLE "{missing}" NOLOGIN;',)
        server.run(*asked.statements)
        with pytest.raises(StoreError, match="another's"):
            settle_intake(engine, missing)
    settled = settle_intake(server.office, missing)
    assert settled is not None
    assert settled.is_settled
    server.run(f"DROP OWNED BY {missing}", f"DROP ROLE {missing}")


def test_a_file_has_no_roles(plain_files: Files, tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = plain_files.make("office", tmp_path_factory.mktemp("file"))
    assert settle_intake(engine) is None
    engine.dispose()


def test_what_is_inserted_is_written_once_and_never_rewritten(server: Server) -> None:
    content = b"piece"
    row = f"'{hashlib.sha256(content).hexdigest()}', 'piece', 'Hall 2', now()"
    with server.entered() as engine, engine.begin() as c:
        insert = f"INSERT INTO chunks (digest, content, hall, received_at) VALUES ({row}) ON CONFLICT DO NOTHING"
        assert c.execute(text(insert)).rowcount == 1
        assert c.execute(text(insert)).rowcount == 0
        assert c.execute(text("DELETE FROM chunks")).rowcount == 1
