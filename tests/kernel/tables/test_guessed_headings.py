"""A heading that only contains a known word is asked about, and the first row of the data is never taken for a heading."""

import pytest

from chuangwen.kernel.chinese import bare
from chuangwen.kernel.heading_likeness import SURE, likeness
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table
from chuangwen.kernel.tables.heads import Head, Said, head_of
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.records.duties.duty_table import DUTY_TABLE
from chuangwen.records.measures.answer_tables import ANSWERS, EVENTS, FIGURES
from chuangwen.records.measures.table import OBSERVATION_TABLE
from chuangwen.records.township.calendar_table import CALENDAR_TABLE
from chuangwen.records.township.register_tables import PEOPLE_TABLE, SITE_TABLE
from chuangwen.work.rotas.sheet_rows import shift_table

SHIFTS = shift_table("接访领导")
SHIPPED = (DUTY_TABLE, ANSWERS, EVENTS, FIGURES, OBSERVATION_TABLE, CALENDAR_TABLE, PEOPLE_TABLE, SITE_TABLE, SHIFTS)


def _head(table: Table, *rows: str, **answers: str) -> Head:
    book = read_table("\n".join(rows).encode(), name="表.csv")
    return head_of(book.sheets[0], 0, table, Said({key.replace("_", "."): value for key, value in answers.items()}))


def _asked(head: Head) -> dict[str, list[str]]:
    return {one.id: [option.value for option in one.options] for one in head.questions}


def _read(head: Head) -> dict[str, str]:
    return {name: column.heading for name, column in head.heading.columns.items()}


@pytest.mark.parametrize(
    ("table", "heading", "row", "asked"),
    [
        (
            OBSERVATION_TABLE,
            "点位,考察内容,问题描述,整改结果,时间,考察人",
            "P01-005,C09,入口处有小广告5处,合格,2021-10-11,张强",
            {"guess.0.result": ["D", "leave"]},
        ),
        *(
            (
                OBSERVATION_TABLE,
                f"点位,考察内容,{word},时间",
                "P01-005,C09,合格,2021-10-11",
                {"guess.0.result": ["C", "leave"]},
            )
            for word in (
                "复查结果",
                "上次结果",
                "预期结果",
                "回头看结果",
                "是否不合格",
                "结果（上次）",
                "结果(整改后)",
                "去年考察结果",
                "【原】结果",
            )
        ),
        *(
            (
                OBSERVATION_TABLE,
                f"点位,考察内容,结果,{word}",
                "P01,C09,合格,2021-10-11",
                {"guess.0.when": ["D", "leave"]},
            )
            for word in ("整改时间", "录入时间", "截止时间", "下次检查日期", "时间（录入）")
        ),
        (ANSWERS, "题号,村（社区）,负面回答,有效回答", "Q01,凤凰村,2,12", {"guess.0.positive": ["C", "leave"]}),
        (ANSWERS, "题号,村（社区）,非正面回答,有效回答", "Q01,凤凰村,2,12", {"guess.0.positive": ["C", "leave"]}),
        (ANSWERS, "题号,村（社区）,不满意份数,有效回答", "Q01,凤凰村,2,12", {"guess.0.positive": ["C", "leave"]}),
        (ANSWERS, "题号,村（社区）,正面回答率,有效回答", "Q01,凤凰村,80,12", {"guess.0.positive": ["C", "leave"]}),
        (ANSWERS, "题号,村（社区）,正面回答,无效回答", "Q01,凤凰村,2,12", {"guess.0.valid": ["D", "leave"]}),
        (
            FIGURES,
            "编号,2020年分子,2020年分母,2021年分子,2021年分母",
            "F03,300,446,421,446",
            {"guess.0.numerator": ["B", "D", "leave"], "guess.0.denominator": ["C", "E", "leave"]},
        ),
        (
            FIGURES,
            "编号,上年分子,上年分母",
            "F03,300,446",
            {"guess.0.numerator": ["B", "leave"], "guess.0.denominator": ["C", "leave"]},
        ),
        (
            DUTY_TABLE,
            "编号,原牵头单位,调整后牵头单位,完成时限",
            "I-1-1,党政办,宣传办公室,2021-11-30",
            {"guess.0.lead": ["B", "C", "leave"]},
        ),
        (DUTY_TABLE, "编号,牵头单位,启动时限", "I-1-1,党政办,2021-11-30", {"guess.0.due": ["C", "leave"]}),
        (EVENTS, "条目编号,通报日期,单位,事件经过", "G01,2021-10-01,红旗村,某事", {"guess.0.on": ["B", "leave"]}),
        (SHIFTS, "补休日期,值班人", "2021-10-19,王芳", {"guess.0.day": ["A", "leave"]}),
        (SHIFTS, "日期,陪同领导", "2021-10-19,王芳", {"guess.0.person": ["B", "leave"]}),
    ],
)
def test_a_heading_that_only_contains_a_known_word_is_asked_about(
    table: Table, heading: str, row: str, asked: dict[str, list[str]]
) -> None:
    assert _asked(_head(table, heading, row)) == asked


@pytest.mark.parametrize(
    ("table", "heading", "row", "field", "read", "unread"),
    [
        (
            OBSERVATION_TABLE,
            "点位,考察内容,上次测评结果,本次测评结果,时间",
            "P01-005,C09,合格,不合格,2021-10-11",
            "result",
            "本次测评结果",
            "上次测评结果",
        ),
        (
            OBSERVATION_TABLE,
            "点位,考察内容,达标情况,整改结果,时间",
            "P01-005,C09,不达标,合格,2021-10-11",
            "result",
            "达标情况",
            "整改结果",
        ),
        (
            OBSERVATION_TABLE,
            "点位,考察内容,结果（上次）,结果（本次）,时间",
            "P01-005,C09,合格,不合格,2021-10-11",
            "result",
            "结果（本次）",
            "结果（上次）",
        ),
        (FIGURES, "编号,上年分子,分母,本年分子", "F03,300,446,421", "numerator", "本年分子", "上年分子"),
        (DUTY_TABLE, "编号,原牵头单位,现牵头单位", "I-1-1,党政办,宣传办公室", "lead", "现牵头单位", "原牵头单位"),
    ],
)
def test_the_column_that_is_the_known_name_is_read_and_the_other_is_named(
    table: Table, heading: str, row: str, field: str, read: str, unread: str
) -> None:
    head = _head(table, heading, row)
    assert not head.questions
    assert _read(head)[field] == read
    assert unread in [one.title for one in head.unread]


def test_the_person_says_what_is_read() -> None:
    rows = ("编号,原牵头单位,调整后牵头单位", "I-1-1,党政办,宣传办公室")
    assert _read(_head(DUTY_TABLE, *rows, guess_0_lead="C"))["lead"] == "调整后牵头单位"
    assert _read(_head(DUTY_TABLE, *rows, guess_0_lead="B"))["lead"] == "原牵头单位"
    left = _head(DUTY_TABLE, *rows, guess_0_lead="leave")
    assert "lead" not in _read(left)
    assert not DUTY_TABLE.fits(left.heading.columns)
    assert _head(DUTY_TABLE, *rows, guess_0_lead="Z").questions[0].is_open


def test_a_column_that_something_speaks_against_is_not_read_even_in_the_trial() -> None:
    rows = ("编号,牵头单位,启动时限", "I-1-1,党政办,2021-11-30")
    assert "due" not in _read(_head(DUTY_TABLE, *rows))
    assert [one.title for one in _head(DUTY_TABLE, *rows).unread] == ["启动时限"]
    assert _read(_head(DUTY_TABLE, *rows, guess_0_due="C"))["due"] == "启动时限"


def test_an_empty_guessed_column_needs_no_answer() -> None:
    assert not _head(DUTY_TABLE, "编号,牵头单位,启动时限", "I-1-1,党政办,").questions


@pytest.mark.parametrize("table", SHIPPED, ids=lambda one: one.id)
def test_a_known_name_however_it_is_decorated_needs_no_answer(table: Table) -> None:
    for field in table.fields:
        for word in field.words:
            for heading in (
                word,
                f"{word}*",
                f"{word}（必填）",
                f"【{word}】",
                f" {word[0]} {word[1:]}：",
                f"所属{word}",
            ):
                found = likeness(heading, tuple(map(bare, table.words[field.id])), close=False)
                assert found.sure >= SURE, heading
                assert not found.doubt


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            OBSERVATION_TABLE,
            (
                "点位,考察内容,结果,时间,考察人,附件",
                "P01-005,C01,不合格,2021-10-11,张强,照片",
                "P01-005,C02,合格,2021-10-11,张强,无",
            ),
        ),
        (
            OBSERVATION_TABLE,
            ("点位,考察内容,结果,时间,方式", "P01-005,C01,不合格,2021-10-11,考察人", "P01-006,C01,合格,2021-10-11,"),
        ),
        (FIGURES, ("编号,分子,分母,依据", "F03,421,446,来源", "F04,1,2,来源")),
        (SHIFTS, ("日期,值班人,改动项", "2021-10-19,王芳,地点", "2021-10-26,李敏,")),
        (DUTY_TABLE, ("编号,牵头单位,改动项", "I-1-1,党政办,责任人", "I-1-2,党政办,时限")),
        (EVENTS, ("条目编号,发生日期,事件经过,类型", "G01,2021-10-01,某事,单位", "G02,2021-10-02,某事,单位")),
        (ANSWERS, ("题号,正面回答,有效回答,范围", "Q01,9,12,村", "Q02,8,12,村")),
    ],
)
def test_the_first_row_of_the_data_is_no_heading(table: Table, rows: tuple[str, ...]) -> None:
    head = _head(table, *rows)
    assert (head.heading.last_row, len(head.data)) == (1, len(rows) - 1)


def test_a_heading_over_two_rows_is_still_one_and_is_told() -> None:
    head = _head(
        OBSERVATION_TABLE,
        "点位,考察内容,考察,,备注",
        ",,结果,时间,",
        "P01-005,C01,不合格,2021-10-11,门口",
        "P02,C01,有,2021-10-11,",
    )
    assert (head.heading.first_row, head.heading.last_row, len(head.data)) == (1, 2, 2)
    assert _read(head) == {"site": "点位", "check": "考察内容", "result": "结果", "when": "时间", "note": "备注"}
    assert [(one.kind, one.where) for one in head.unread] == [("head", "第 1—2 行")]


def test_a_known_name_under_a_group_that_speaks_against_it_is_asked_about() -> None:
    head = _head(FIGURES, "编号,上年,,来源", ",分子,分母,", "F03,300,446,城建办")
    assert set(_asked(head)) == {"guess.0.numerator", "guess.0.denominator"}


def test_numbers_in_different_units_are_asked_about_and_converted_on_a_persons_word() -> None:
    rows = "编号,分子（千人）,分母（人）\nF03,8,61500"
    book = read_table(rows.encode(), name="表.csv")
    around = Around({"figures": Names("统计指标", [("F03", ("路灯亮灯率",))])})
    read = read_rows(book, FIGURES, around)
    assert [(one.id, [option.value for option in one.options]) for one in read.open_questions] == [
        ("unit.0", ["convert", "plain"])
    ]
    converted = read_rows(book, FIGURES, around, Said({"unit.0": "convert"}))
    assert converted.is_ready
    assert [(one.values["numerator"], one.values["denominator"]) for one in converted.rows] == [(8000, 61500)]
    plain = read_rows(book, FIGURES, around, Said({"unit.0": "plain"}))
    assert [(one.values["numerator"], one.values["denominator"]) for one in plain.rows] == [(8, 61500)]


@pytest.mark.parametrize(
    "heading", ["编号,分子（万元）,分母（万元）", "编号,分子（人）,分母（人）", "编号,分子,分母（户）"]
)
def test_numbers_in_one_unit_need_no_answer(heading: str) -> None:
    assert not _head(FIGURES, heading, "F03,8,61500").questions
