"""A hash chain: each record carries the digest of the one before, so a change anywhere breaks every later link."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum

START = "0" * 64

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """The value as JSON that every database gives back to the letter.

    Fractions become text (databases rewrite numbers), moments become UTC text, sets are sorted.
    A value of any other kind raises ``TypeError``: what is written down must be readable in ten years.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value).replace("\x00", "")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    return _plain_other(value)


def _plain_other(value: object) -> Plain:
    if isinstance(value, float | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return [plain(inner) for inner in sorted(value, key=str)]
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} cannot be written into a chain")


def moment(at: datetime) -> str:
    """A moment as UTC text with microseconds; a naive one is refused."""
    if at.tzinfo is None:
        raise TypeError("a moment in a chain needs its time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(record: Mapping[str, object]) -> str:
    """The one way to write a record: keys sorted, no spaces, Chinese as it is."""
    return json.dumps(plain(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def link(record: Mapping[str, object], previous: str) -> str:
    """The digest (64 hexadecimal digits) of a record that follows ``previous``."""
    text = f"{previous}\n{canonical(record)}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
