"""Rows of a table of events beside the events that stand: known, new, or asked about. One event must not count twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import say
from chuangwen.records.measures.event_actions import NewEvent
from chuangwen.records.measures.models import Event
from chuangwen.records.township.models import Organisation

SHOWN = 5
SHOWN_TEXT = 40
Identity = tuple[str, date, int | None]


def identity_of(event: Event) -> Identity:
    """What makes an event itself: its item, its day, its unit."""
    return event.code, event.happened_on, event.organisation_id


def identity_of_new(new: NewEvent) -> Identity:
    """The same of one that is not written yet."""
    return new.code, new.on, new.where.pk if new.where else None


def event_told(code: str, on: date, where: Organisation | None) -> str:
    """An event by its item, day and unit, as people read it."""
    return f"{code} {on} {where.name if where else say('全镇')}"


@dataclass
class Twins:
    """Sorts the rows of one table. An event that another row names by item, day and unit is nobody's twin."""

    reading: TableReading
    standing: Sequence[Event]
    rows: list[tuple[TableRow, NewEvent]] = field(default_factory=list)
    corrected: dict[int, int] = field(default_factory=dict)

    def add(self, row: TableRow, new: NewEvent) -> None:
        self.rows.append((row, new))

    def settled(self) -> Iterator[tuple[TableRow, NewEvent, Event | None]]:
        """Each row that is to be written with the event that it meets; none for a new one."""
        there = {identity_of(one): one for one in self.standing}
        named = {identity_of_new(new) for _row, new in self.rows}
        free = [one for one in self.standing if identity_of(one) not in named]
        for row, new in self.rows:
            old = there.get(identity_of_new(new))
            near = [] if old else _near(new, free)
            if not near:
                yield row, new, old
                continue
            answer = self._ask(row, near)
            if answer == "same":
                self.reading.leave(row, why=say("和已登记的是同一件，不改"))
                continue
            yield row, new, self._meant(row, answer, near)

    def _ask(self, row: TableRow, near: Sequence[Event]) -> str:
        told = say("；").join(
            f"{event_told(one.code, one.happened_on, one.organisation)} {one.text[:SHOWN_TEXT]}" for one in near
        )
        what = say("和已登记的事件只差日期、单位或条目中的一项（{events}）。是同一件吗？", events=told)
        options = [Option("same", say("是同一件，已登记的不改"))]
        for one in near:
            told = event_told(one.code, one.happened_on, one.organisation)
            options.append(Option(f"correct-{one.pk}", say("是同一件，照表改正“{event}”", event=told)))
        options.append(Option("another", say("是另一件，照样登记")))
        return self.reading.ask(f"event.{self.reading.head(row.sheet).number}.{row.row}", what, options, row=row)

    def _meant(self, row: TableRow, answer: str, near: Sequence[Event]) -> Event | None:
        """The event that the answer corrects; two rows cannot correct one event."""
        found = next((one for one in near if answer == f"correct-{one.pk}"), None)
        if found is not None and self.corrected.setdefault(found.pk, row.row) != row.row:
            what = say("第 {row} 行已经改正这一件。", row=self.corrected[found.pk])
            self.reading.tell(row, "on", what, say("请核对：两行只能有一行是它。"))
        return found


def _near(new: NewEvent, free: Sequence[Event]) -> list[Event]:
    """The events that differ from it in one thing alone, the likest first: the same words, then the nearest day."""
    mine = identity_of_new(new)
    near = [one for one in free if sum(a != b for a, b in zip(mine, identity_of(one), strict=True)) == 1]
    near.sort(key=lambda one: (one.text != new.text, abs((one.happened_on - new.on).days), one.pk))
    return near[:SHOWN]
