"""Triggers by which the database itself refuses to alter or delete a note.

A migration puts them up with ``RunPython(lambda apps, editor: guards.put_up(editor.connection))``.
Somebody who owns the database file can still take them down; then the digests give him away (``verifying``).
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "ledger_note"
REFUSAL = "the ledger is append-only"

_SQLITE_UP = [
    (
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_update BEFORE UPDATE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
]
_SQLITE_UP.append(
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_replace BEFORE INSERT ON {TABLE} "  # noqa: S608
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)
_SQLITE_DOWN = [
    f"DROP TRIGGER IF EXISTS {TABLE}_no_replace",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_update",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_delete",
]
_POSTGRES_UP = [
    (
        f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        f"CREATE OR REPLACE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
    ),
    (
        f"CREATE OR REPLACE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
    ),
]
_POSTGRES_DOWN = [
    f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
    f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
]
UP = {"sqlite": _SQLITE_UP, "postgresql": _POSTGRES_UP}
DOWN = {"sqlite": _SQLITE_DOWN, "postgresql": _POSTGRES_DOWN}


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Guard the ledger in this database."""
    _run(connection, UP[connection.vendor])


def take_down(connection: BaseDatabaseWrapper) -> None:
    """Lift the guard, e.g. before a migration of the table itself."""
    _run(connection, DOWN[connection.vendor])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
