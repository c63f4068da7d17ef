"""The registers of sites and people as tables: read whole, nothing guessed."""

from datetime import date
from decimal import Decimal

from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reading import TableReading
from chuangwen.records.township.register_tables import read_people, read_sites

LISTS = {
    "units": Names("单位名册", [("csb", ("城市建设办", "城建办")), ("V1", ("先锋村",))]),
    "site_types": Names("点位类型", [("P01", ("主次干道",)), ("P06", ("农贸市场",))]),
    "roles": Names("角色", [("inspector", ("督查员",)), ("village", ("村书记",))]),
}


def _sites(text: str) -> TableReading:
    return read_sites(read_table(text.encode(), name="点位.csv"), LISTS)


def _places(reading: TableReading) -> list[tuple[int, str]]:
    return [(one.row, one.column[:1]) for one in reading.sorted_problems()]


def test_a_site_is_read_with_its_unit_type_day_and_place() -> None:
    reading = _sites(
        "点位编号,点位名称,类型,责任单位,启用,经度,纬度,天气\nP01-001,张沟大道,主次干道,城建办,2021年9月1日,113.24,30.24,晴\n"
    )
    (row,) = reading.rows
    assert dict(row.values) == {
        "code": "P01-001",
        "name": "张沟大道",
        "type": "P01",
        "unit": "csb",
        "opened": date(2021, 9, 1),
        "lon": Decimal("113.24"),
        "lat": Decimal("30.24"),
    }
    assert [one.title for one in reading.unread] == ["天气"]


def test_a_place_outside_china_half_a_place_and_an_unknown_type_are_told() -> None:
    reading = _sites(
        "名称,类型,责任单位,经度,纬度\n甲,车站,城建办,,\n乙,主次干道,城建办,30.24,113.24\n丙,主次干道,城建办,113.2,\n"
    )
    assert _places(reading) == [(2, "B"), (3, "D"), (3, "E"), (4, "E")]


def test_one_code_for_two_sites_is_told() -> None:
    reading = _sites("编号,名称,类型,责任单位\nP1,甲,P01,V1\nP1,乙,P01,V1\n")
    assert _places(reading) == [(3, "A")]


def test_people_are_read_with_their_roles_and_a_cut_phone_is_refused() -> None:
    text = "账号,姓名,所在单位,职务,角色,手机号码\nliufang,刘芳,先锋村,村书记,村书记、督查员,13900001111\nchen,陈涛,先峰村,镇长,镇长,1.39E+10\n"
    reading = read_people(read_table(text.encode("gb18030"), name="人员.csv"), LISTS)
    (row,) = reading.rows
    assert (row.values["unit"], row.values["roles"], row.values["phone"]) == (
        "V1",
        ("village", "inspector"),
        "13900001111",
    )
    assert _places(reading) == [(3, "C"), (3, "E"), (3, "F")]
    assert "先锋村" in reading.sorted_problems()[0].cure
