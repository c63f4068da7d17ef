"""Numbers of problems in a third-party table: taken where the check counts problems, asked about or refused elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import later, say
from chuangwen.records.measures.faults import FaultAsk, Row, understood
from chuangwen.records.measures.judgement import rule_of
from chuangwen.records.measures.visits import Found

PASSED, FAILED = "合格", "不合格"
"""Words of a result, as a table writes them."""
_LEAVE = ("leave", later("这些行不写入"))
_QUESTIONS: Mapping[FaultAsk, tuple[str, Sequence[tuple[str, str]]]] = {
    FaultAsk.SOME: (
        later("{n} 行只写了问题数，而考察内容问的是有没有、有几个（例如“{check}”，问题数 {count}）。怎么记？"),
        (("fail", later("有问题的记不合格")), _LEAVE),
    ),
    FaultAsk.NONE: (
        later("{n} 行问题数是 0，没有写结果，而考察内容问的是有没有、有几个（例如“{check}”）。怎么记？"),
        (("pass", later("没有问题的记合格")), _LEAVE),
    ),
}
_RESULTS = {"fail": FAILED, "pass": PASSED}


@dataclass
class Faults:
    """Goes through the rows of one table; each question is asked once for all its rows."""

    reading: TableReading
    asked: dict[FaultAsk, list[tuple[TableRow, Found]]] = field(default_factory=lambda: defaultdict(list))

    def settled(self, row: TableRow, found: Found) -> Iterator[Found]:
        """The row with its problems understood; nothing where it cannot be taken (yet)."""
        problems, item = row.text("problems"), found.item
        if not problems:
            yield found
            return
        told = understood(rule_of(item.check), Row(item.result, item.quantity, problems, row.text("total")))
        if told.wrong:
            self.reading.tell(row, "problems", told.wrong, say("请核对原始记录；写好“结果”，或写次数/总数。"))
            return
        if told.ask is None:
            note = "；".join(filter(None, (item.note.strip(), told.note)))
            yield replace(found, item=replace(item, result=told.result, quantity=told.quantity, note=note))
            return
        self.asked[told.ask].append((row, found))
        answer = self.reading.said.answers.get(told.ask, "")
        if answer in _RESULTS:
            yield replace(found, item=replace(item, result=_RESULTS[answer], quantity=""))
        elif answer == "leave":
            self.reading.leave(row, why=say("只有问题数，没有结果"))

    def ask(self) -> None:
        """Put the questions, the answered ones too."""
        for which, rows in self.asked.items():
            text, options = _QUESTIONS[which]
            row, found = rows[0]
            what = say(text, n=len(rows), check=found.check.text[:40], count=row.text("problems"))
            numbers = sorted(one.row for one, _found in rows)
            self.reading.ask(which, what, [Option(value, say(title)) for value, title in options], rows=numbers)
