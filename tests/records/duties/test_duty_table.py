"""A duty table as the office keeps it: pasted or Excel, with or without its head, held against what stands."""

from datetime import date

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.names import Names
from chuangwen.records.duties.duty_table import DutyReading, DutyRow, Known, read_duties

UNITS = {"office": 1, "market": 2, "police": 3}
LISTS = {
    "targets": Names("编号", [(f"I-1-{number}", ()) for number in range(1, 6)]),
    "units": Names(
        "单位名册", [("office", ("创文办",)), ("market", ("市场监督管理所", "市监所")), ("police", ("派出所",))]
    ),
    "people": Names("人员", [("wjg", ("王建国",)), ("lm", ("李敏",)), ("lm2", ("李敏",))]),
}
STANDING = {"I-1-2": DutyRow(0, "I-1-2", 2, (3,), 11, date(2021, 11, 30))}
KNOWN = Known(LISTS, UNITS, {"wjg": 11, "lm": 12, "lm2": 13}, STANDING)


def _read(text: str, name: str = "贴上来的表") -> DutyReading:
    return read_duties(read_table(text.encode(), name=name), KNOWN)


def test_a_pasted_table_without_its_head_is_read_in_the_usual_order() -> None:
    found = _read("I-1-1\t市监所\t派出所、创文办\t王建国\t2021.11.30\nI-1-3\t创文办\t\t\t\n")
    assert found.reading.is_ready
    assert found.rows == [
        DutyRow(1, "I-1-1", 2, (3, 1), 11, date(2021, 11, 30)),
        DutyRow(2, "I-1-3", 1, (), None, None),
    ]


def test_with_its_head_the_columns_may_stand_in_any_order_and_unread_ones_are_named() -> None:
    found = _read("序号,时限,主责单位,标准编号\n1,2021年11月30日（周二）,市场监督管理所,I-1-1\n", "责任.csv")
    assert found.rows == [DutyRow(2, "I-1-1", 2, (), None, date(2021, 11, 30))]
    assert [one.title for one in found.reading.unread] == ["序号"]


def test_the_same_duty_again_is_known_and_what_is_left_blank_stays() -> None:
    assert (_read("I-1-2\t市监所").new, _read("I-1-2\t市监所").changed) == ([], [])


def test_another_lead_is_a_correction_and_the_rest_stays() -> None:
    ((was, row),) = _read("I-1-2\t创文办").changed
    assert (was.lead, row.lead, row.assisting, row.person, row.due) == (2, 1, (3,), 11, date(2021, 11, 30))


def test_everything_wrong_is_told_with_near_names_and_nothing_is_guessed() -> None:
    found = _read(
        "I-1-9\t市监站\t\t李敏\t月底\nI-1-1\t\t\t\t\nI-1-3\t市监所\t市监所、派出所\t\t\nI-1-4\t创文办\nI-1-4\t市监所\n"
    )
    told = [(one.row, one.column[:1]) for one in found.reading.sorted_problems()]
    assert told == [(1, "A"), (1, "B"), (1, "D"), (1, "E"), (3, "C"), (5, "A")]
    cures = " ".join(one.cure for one in found.reading.problems)
    assert "市场监督管理所" in cures
    assert "lm、lm2" in cures
    assert [row.target for row in found.rows] == ["I-1-4"]


def test_a_lead_that_is_repeated_as_the_only_unit_beside_it_is_no_contradiction() -> None:
    found = _read("I-1-1\t市监所\t市监所\nI-1-3\t市监所\t市监所、派出所\n")
    assert [(row.target, row.assisting) for row in found.rows] == [("I-1-1", ())]
    (told,) = found.reading.problems
    assert "既是牵头单位又是责任单位" in told.what


def test_one_that_is_no_duty_table_says_what_is_lacking() -> None:
    found = _read("日期,天气,温度,风,雨,雪\n1,2,3,4,5,6\n", "天气.csv")
    assert "编号”“牵头单位" in found.reading.problems.found[0].what


def test_a_standard_that_has_no_lead_yet_says_nothing_and_a_blank_lead_takes_none_away() -> None:
    """Our own export was refused: seven standards had no lead."""
    found = _read("编号,牵头单位,责任单位\nI-1-1,,\nI-1-2,,\nI-1-3,创文办,\n", "责任.csv")
    assert found.reading.is_ready
    assert [(row.target, row.lead) for row in found.rows] == [("I-1-2", 2), ("I-1-3", 1)]
    assert found.changed == []
    assert [(one.kind, one.title) for one in found.reading.unread] == [("row", "没有牵头单位，先前也没有分过")]


def test_who_assists_without_anybody_to_lead_is_a_problem() -> None:
    found = _read("编号,牵头单位,责任单位\nI-1-1,,创文办\n", "责任.csv")
    assert [(one.row, one.what) for one in found.reading.problems] == [(2, "没有填“牵头单位”。")]
