"""How cases stand now: the counts that pages, menus and messages show, each under its name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.figures import TOWN, Figure, day_text, declare, narrowed
from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases import figures
from chuangwen.work.cases.policy import scope_of
from chuangwen.work.cases.queries import visible_to

MINE = declare(
    "cases.mine",
    later("我要办的"),
    later("现在轮到本人（或本人的单位、角色）办、还没办结的事项"),
    opens=later("“我要办的”清单"),
)
UNIT = declare(
    "cases.unit",
    later("本单位的"),
    later("本单位主办、协办或轮到本单位办、还没办结的事项"),
    opens=later("“本单位的”清单"),
)
WAITING = declare(
    "cases.waiting", later("等别人的"), later("本人登记或经办、现在轮到别人办的事项"), opens=later("“等别人的”清单")
)
REVISIT = declare(
    "cases.revisit", later("回头看"), later("已办结、该回头看而轮到本人去看的事项"), opens=later("“回头看”清单")
)
RULES_BY_NAME = {"all": "all", "open": "open", "late": "overdue"}


@dataclass(frozen=True)
class Standing:
    """How many cases there are, how many of them are not over, how many of those are late; each also as a figure."""

    all: int
    open: int
    late: int
    scope: str = TOWN
    day: str = ""

    @property
    def all_figure(self) -> Figure:
        return Figure(figures.KINDS["all"], self.all, self.scope, self.day)

    @property
    def open_figure(self) -> Figure:
        return Figure(figures.KINDS["open"], self.open, self.scope, self.day)

    @property
    def late_figure(self) -> Figure:
        return Figure(figures.KINDS["overdue"], self.late, self.scope, self.day)


def standing(actor: Actor, at: datetime) -> tuple[Standing, dict[str, Standing]]:
    """The town's open cases as this person sees them, as a whole and by campaign, in one query."""
    scope = scope_of(actor)
    now = figures.Period(day_of(at), day_of(at), at)
    rows = visible_to(actor).order_by().values("campaign")
    asked = {name: Count("pk", filter=figures.RULES[rule].top(now)) for name, rule in RULES_BY_NAME.items()}
    counts: list[Any] = list(rows.annotate(**asked))
    day = day_text(at.astimezone(CHINA).date())
    found = {
        one["campaign"]: Standing(
            **{name: one[name] for name in RULES_BY_NAME},
            scope=narrowed(scope, campaign=one["campaign"] or "none"),
            day=day,
        )
        for one in counts
    }
    sums = {name: sum(getattr(one, name) for one in found.values()) for name in RULES_BY_NAME}
    return Standing(**sums, scope=scope, day=day), found
