"""The shape of a pack's ``rotas.toml``: who takes turns at what, on which days, from when to when."""

import datetime
from typing import Literal

from pydantic import Field

from chuangwen.kernel.packfiles import Row

DayOff = Literal["skip", "move", "hold"]
"""What becomes of a day on which nobody works: left out, moved on to the next working day, or held all the same."""


class RotaRow(Row):
    """One rota. ``on_duty`` is what the person of the day is called; ``days`` are weekdays from 1 (Monday) to 7.

    ``to`` not after ``from``: it ends on the next day. ``roles``: whose holders may be put on it; ``planners``: who plans
    it. ``public`` ones are shown to residents, with the ``notice``. ``least_a_month`` is how often it is to be held at least.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    title: str = Field(min_length=1, max_length=60)
    short: str = Field(min_length=1, max_length=20)
    on_duty: str = Field(min_length=1, max_length=20)
    purpose: str = ""
    law: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=300)
    notice: str = Field(default="", max_length=300)
    place: str = Field(default="", max_length=120)
    start: datetime.time = Field(alias="from")
    end: datetime.time = Field(alias="to")
    days: tuple[Literal["1", "2", "3", "4", "5", "6", "7"], ...] = Field(min_length=1)
    day_off: DayOff = "skip"
    least_a_month: int = Field(default=0, ge=0, le=31)
    roles: tuple[str, ...] = Field(min_length=1)
    planners: tuple[str, ...] = Field(min_length=1)
    public: bool = False
    retired: bool = False
