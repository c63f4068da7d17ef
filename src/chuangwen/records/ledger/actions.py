"""Writing a note: the last line of every other action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from chuangwen.kernel.chain import START, canonical, link, plain
from chuangwen.kernel.words import later
from chuangwen.kit.row_writes import put
from chuangwen.records.ledger.models import Note

# One number for the whole product: whoever holds this PostgreSQL advisory lock writes the next link.
CHAIN_LOCK = 0x4C_45_44_47


class Signer(Protocol):
    """Somebody who can sign a note."""

    @property
    def username(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def organisation_name(self) -> str: ...


@dataclass(frozen=True)
class Hand:
    """A signer that is not a person with an account, e.g. a command run on the machine itself."""

    username: str
    name: str
    organisation_name: str = ""


MACHINE = Hand(username="chuangwen", name=later("系统"))


class Thing(NamedTuple):
    """What was changed: its kind (a table's or document's word), its key, and what people call it."""

    kind: str
    key: str
    title: str = ""


def note(
    thing: Thing,
    verb: str,
    *,
    by: Signer,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> Note:
    """Write down one change, chained to the note before it. Takes two queries (three on PostgreSQL).

    Called inside the transaction of the change itself, so that both happen or neither. Writers queue: on SQLite the
    transaction already holds the write lock (IMMEDIATE); on PostgreSQL an advisory lock is held until it ends.
    """
    alias = router.db_for_write(Note)
    with transaction.atomic(using=alias, savepoint=False):
        _wait_for_turn(connections[alias])
        number, previous = _last(connections[alias])
        new = Note(
            number=number + 1,
            at=at,
            username=by.username,
            name=by.name,
            organisation=by.organisation_name,
            verb=verb,
            kind=thing.kind,
            key=str(thing.key),
            title=thing.title,
            before=plain(before or {}),
            after=plain(after or {}),
            previous=previous,
        )
        new.hash = link(new.content(), previous)
        put([new])
    return new


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Only the fields that differ, old and new."""
    keys = [key for key in {**before, **after} if _differs(before, after, key)]
    return (
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
    )


def _differs(before: Mapping[str, object], after: Mapping[str, object], key: str) -> bool:
    if (key in before) != (key in after):
        return True
    one, two = before[key], after[key]
    if isinstance(one, str) and isinstance(two, str):
        return one != two
    return canonical({"value": one}) != canonical({"value": two})


def _last(connection: BaseDatabaseWrapper) -> tuple[int, str]:
    """Number and digest of the last note; asked while all other writers wait, so in as few words as can be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash FROM ledger_note ORDER BY number DESC LIMIT 1")
        return cursor.fetchone() or (0, START)


def _wait_for_turn(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
