"""Who may open a view: written on the view itself, enforced by the site's middleware, read by the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
MARK = "chuangwen_access"


@dataclass(frozen=True)
class Access:
    """What a view asks of the one who opens it.

    ``anyone``: also those not signed in. ``permissions``: all of these; empty means that being signed in is enough.
    """

    anyone: bool = False
    permissions: tuple[str, ...] = ()


def _marked(view: View, access: Access) -> View:
    setattr(view, MARK, access)
    return view


def open_to_all(view: View) -> View:
    """Everybody may open it, signed in or not."""
    return _marked(view, Access(anyone=True))


def signed_in(view: View) -> View:
    """Everybody with an account may open it."""
    return _marked(view, Access())


def needs(*permissions: str) -> Callable[[View], View]:
    """Only people whose roles hold all these permissions may open it."""
    if not permissions:
        raise ValueError("needs() wants at least one permission; use signed_in for none")
    return lambda view: _marked(view, Access(permissions=tuple(str(one) for one in permissions)))


def access_of(view: Callable[..., Any]) -> Access | None:
    """What the view has declared, or ``None`` when it has declared nothing (and is therefore closed)."""
    found = getattr(view, MARK, None)
    return found if isinstance(found, Access) else None
