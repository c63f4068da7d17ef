"""Faults put in by hand, of the kinds that towns have found: the crawl must find each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from chuangwen.doors.site import framing
from chuangwen.work.cases import figures, rollup
from chuangwen.work.cases.models import Case

own = framing._counts
whole = rollup.whole


def _menu_counts_by_itself() -> AbstractContextManager[Any]:
    """The menu counts everything that is open where the page counts what is mine."""
    return patch.object(framing, "_counts", lambda actor: (Case.objects.filter(phase="open").count(), *own(actor)[1:]))


def _list_is_wider() -> AbstractContextManager[Any]:
    """A count of open cases opens the list of all."""
    return patch.object(figures, "behind", lambda cases, *_, **__: cases)


FAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "menu": _menu_counts_by_itself,
    "list": _list_is_wider,
}
