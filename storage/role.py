"""The intake's role on PostgreSQL: what takes bundles in from outside reads no keys, no answers and no people."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from kiosk.exam.error import Invalid, Refused
from storage.engine import StoreError

INTAKE_ROLE = "kiosk_intake"
"""Its name unless told. Roles belong to the whole server: a second office on it needs a second name."""
INTAKE_RIGHTS = {
    "alembic_version": ("SELECT",),
    "hall_tokens": ("SELECT",),
    "releases": ("SELECT",),
    "bundles": ("SELECT", "INSERT"),
    "receipts": ("SELECT", "INSERT"),
    "quarantine": ("SELECT", "INSERT"),
    "closings": ("SELECT", "INSERT"),
    "chunks": ("SELECT", "INSERT", "DELETE"),
}
"""All it may do, table by table. None of them numbers its rows or is parted, so no sequence or partition is needed."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NOT_ALLOWED = "42501"
_LOCK = 0x6B69_6F73_6B  # one at a time changes the form of an office: "kiosk"
_OURS = """
WITH brought AS (SELECT objid FROM pg_depend WHERE deptype = 'e'), -- what an extension brought guards itself
places AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
relations AS (
    SELECT c.oid, c.relkind, c.relowner FROM pg_class c JOIN places ON places.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.oid NOT IN (SELECT objid FROM brought)
)"""
"""What stands in the database and is not PostgreSQL's own."""
_HELD = """
SELECT r.oid::regclass::text, a.act FROM relations r,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS a(act)
WHERE r.relkind <> 'S' AND (has_table_privilege(:role, r.oid, a.act)
    OR a.act IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(:role, r.oid, a.act))
UNION ALL
SELECT r.oid::regclass::text, a.act FROM relations r, unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) AS a(act)
WHERE r.relkind = 'S' AND has_sequence_privilege(:role, r.oid, a.act)
UNION ALL
SELECT 'schema ' || nspname, 'CREATE' FROM places WHERE has_schema_privilege(:role, oid, 'CREATE')
UNION ALL
SELECT 'function ' || p.oid::regprocedure::text, 'EXECUTE' FROM pg_proc p JOIN places ON places.oid = p.pronamespace
WHERE p.prosecdef AND p.oid NOT IN (SELECT objid FROM brought) AND has_function_privilege(:role, p.oid, 'EXECUTE')
UNION ALL
SELECT 'role ' || r.rolname, 'MEMBER' FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid
WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = :role)
"""
"""All a role may do with that, by itself or because everybody may."""
_CHANGEABLE = """
SELECT oid::regclass::text, relkind = 'S' FROM relations WHERE pg_has_role(relowner, 'USAGE') ORDER BY 1
"""
"""The tables and sequences whose rights may be changed from here, and which are sequences."""
_DEFAULTS = """
SELECT pg_get_userbyid(d.defaclrole), COALESCE(n.nspname, ''), d.defaclobjtype, a.grantee = 0
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
WHERE d.defaclobjtype IN ('r', 'S') AND a.grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = :role))
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
"""What a role will be given with tables and sequences that are made later: by whom, where, what, and as anybody."""
_IS_SPECIAL = """
SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    OR rolname IN (current_user, session_user) OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid)
    OR EXISTS (SELECT 1 FROM pg_database WHERE datdba = r.oid)
FROM pg_roles r WHERE rolname = :role
"""
_MAY_CREATE = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"


@dataclass(frozen=True, slots=True)
class IntakeRole:
    """The role of the intake, as it stands on the server."""

    name: str
    statements: tuple[str, ...] = ()
    """What the server's administrator has to run first; empty where the role stands with its rights."""

    @property
    def is_settled(self) -> bool:
        """Whether the role is there and may do what it should, and no more."""
        return not self.statements


def settle_intake(engine: Engine, name: str = INTAKE_ROLE) -> IntakeRole | None:
    """Make the intake's role if it is missing, and let it do what INTAKE_RIGHTS says and nothing else.

    Where making it is not allowed here, nothing is changed and the statements for the administrator are returned; for
    a file there is no role. Raises Invalid for a name no role should have, Refused for a role with powers of its own,
    and StoreError where it keeps rights that cannot be taken away from here. Nothing is changed then.
    """
    if engine.dialect.name != "postgresql":
        return None
    if not _NAME.fullmatch(name) or name.startswith("pg_") or name == "public":
        raise Invalid(f"{name!r} cannot be the intake's role: use lower-case letters, digits and _.")
    try:
        with engine.begin() as connection:
            return _settle(connection, name)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        raise StoreError(
            f"The rights of {name} cannot be set from here: the tables are another's. Migrate as who owns them."
        ) from error


def _settle(connection: Connection, name: str) -> IntakeRole:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not _exists(connection, name):
        create = f'CREATE ROLE "{name}" NOLOGIN'
        if not connection.scalar(text(_MAY_CREATE)):
            return IntakeRole(name, (f"{create};",))
        _run(connection, create)
    _must_be_plain(connection, name)
    _grant(connection, name)
    _check(connection, name)
    return IntakeRole(name)


def _exists(connection: Connection, name: str) -> bool:
    return connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": name}) is not None


def _must_be_plain(connection: Connection, name: str) -> None:
    if connection.scalar(text(_IS_SPECIAL), {"role": name}):
        raise Refused(f"The role {name} has powers of its own or owns tables here. Name another: --intake-role.")


def _grant(connection: Connection, name: str) -> None:
    schema, database = connection.execute(text("SELECT current_schema(), current_database()")).one()
    for relation, is_sequence in connection.execute(text(_OURS + _CHANGEABLE)).all():
        _run(connection, f'REVOKE ALL ON {"SEQUENCE" if is_sequence else "TABLE"} {relation} FROM "{name}", PUBLIC')
    _run(connection, f'REVOKE CREATE ON SCHEMA "{schema}" FROM "{name}", PUBLIC')
    _forget_defaults(connection, name)
    _run(connection, f'REVOKE ALL ON DATABASE "{database}" FROM "{name}"')
    _run(connection, f'GRANT CONNECT ON DATABASE "{database}" TO "{name}"')
    _run(connection, f'GRANT USAGE ON SCHEMA "{schema}" TO "{name}"')
    for table, acts in INTAKE_RIGHTS.items():
        _run(connection, f'GRANT {", ".join(acts)} ON "{schema}"."{table}" TO "{name}"')


def _forget_defaults(connection: Connection, name: str) -> None:
    """Let tables that are made later give the role nothing either."""
    for owner, schema, kind, is_public in connection.execute(text(_DEFAULTS), {"role": name}).all():
        whose = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}"' + (f' IN SCHEMA "{schema}"' if schema else "")
        what, who = "TABLES" if kind == "r" else "SEQUENCES", "PUBLIC" if is_public else f'"{name}"'
        if connection.scalar(text("SELECT pg_has_role(:owner, 'MEMBER')"), {"owner": owner}):
            _run(connection, f"{whose} REVOKE ALL ON {what} FROM {who}")


def _check(connection: Connection, name: str) -> None:
    """Raise StoreError unless the role may do what it should and no more, whoever gave it."""
    held = {(str(what), str(act)) for what, act in connection.execute(text(_OURS + _HELD), {"role": name})}
    wanted = {(table, act) for table, acts in INTAKE_RIGHTS.items() for act in acts}
    wrong = [f"{act} on {what}" for what, act in sorted(held - wanted, key=_roles_first)]
    wrong += [f"what {owner} makes later" for owner, *_ in connection.execute(text(_DEFAULTS), {"role": name})]
    if wrong:
        raise StoreError(
            f"The role {name} has rights the intake must not have: {'; '.join(wrong[:10])}. Somebody else gave them, "
            "to it or to everybody: ask the server's administrator to take them away, then try again."
        )
    missing = [f"{act} on {what}" for what, act in sorted(wanted - held)]
    if missing:
        raise StoreError(f"The role {name} could not be given {'; '.join(missing)}: the tables are another's.")


def _roles_first(right: tuple[str, str]) -> tuple[bool, tuple[str, str]]:
    return (right[1] != "MEMBER", right)  # what it is a member of tells why it may do all the rest


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
