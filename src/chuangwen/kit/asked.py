"""What an address or a form asks for: whole numbers, keys and days, read in this one place.

Anybody can type anything behind a question mark: digits of other scripts, more of them than a column holds, days that
the calendar does not have or that no arithmetic survives. Here they mean "nothing asked"; a view decides what then.
"""

from collections.abc import Iterable
from datetime import date

MOST = 2**63 - 1
"""The largest key that a table can hold."""
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are slips of the hand; within them every sum of days and every time zone holds."""
_DIGITS = 19


def whole(text: str | None, *, least: int = 0, most: int = MOST) -> int | None:
    """The whole number that is asked for in plain digits, or ``None`` when there is none or it is out of bounds.

    >>> whole("12"), whole("²"), whole("-1"), whole("9" * 30), whole("7", most=5)
    (12, None, None, None, None)
    """
    said = (text or "").strip()
    if not (said.isascii() and said.isdigit()) or len(said) > _DIGITS:
        return None
    number = int(said)
    return number if least <= number <= most else None


def keys(texts: Iterable[str]) -> list[int]:
    """The keys among these texts; what is none is left out.

    >>> keys(["3", "x", "", "9" * 30])
    [3]
    """
    return [number for one in texts if (number := whole(one)) is not None]


def day(text: str | None) -> date | None:
    """The day that is asked for (``2021-10-14``), or ``None`` when it names none that can be reckoned with.

    >>> day("2021-10-14"), day("2021-02-30"), day("9999-12-31")
    (datetime.date(2021, 10, 14), None, None)
    """
    try:
        found = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None


def day_or(text: str | None, otherwise: date) -> date:
    """The day that is asked for, or another when it names none."""
    return day(text) or otherwise
