"""Personal data in a text: found by the rules of the numbers, masked in place, nothing else touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.csv_text import harmless, write_csv
from chuangwen.kernel.personal import around, find_personal, masked


@pytest.mark.parametrize(
    ("text", "what", "told"),
    [
        ("身份证号429004198001011234。", "identity", "身份证号4****************4。"),
        ("证件：42900419800101123Ｘ", "identity", "证件：4****************Ｘ"),
        ("老身份证 429004800101123", "identity", "老身份证 4*************3"),
        ("电话139-8650-0001", "mobile", "电话139-****-0001"),
        ("电话：+86 13986500001，", "mobile", "电话：+86 139****0001，"),
        ("电话１３９８６５００００１", "mobile", "电话１３９****０００１"),
        ("卡号 6222 0212 3456 7890 128", "card", "卡号 **** **** **** ***0 128"),
    ],
)
def test_numbers_are_found_and_masked_in_place(text: str, what: str, told: str) -> None:
    (found,) = find_personal(text)
    assert found.what.value == what
    assert masked(text, [found]) == told


@pytest.mark.parametrize(
    "text",
    [
        "索引号 011378025/2021-28847",
        "统一社会信用代码 11429004011378025X",
        "电话 0728-2600001",
        "鄂公网安备 42900402000120号",
        "编号 201313986500001999",
        "张政发〔2021〕3号，投资 13986500 元",
        "订单 1111 1111 1111 1111",
        "二〇二一年二月三日",
    ],
)
def test_codes_of_other_kinds_are_left_alone(text: str) -> None:
    assert find_personal(text) == []


def test_what_stands_around_a_number_is_masked_too() -> None:
    text = "张三13986500001李四13986500002"
    assert around(text, find_personal(text)[0]) == "张三139****0001李四139****0002"


@given(st.text(alphabet="0123456789０１９Xx -+一号", max_size=60))
def test_masking_keeps_the_length_and_is_done_once(text: str) -> None:
    told = masked(text, find_personal(text))
    assert len(told) == len(text)
    assert find_personal(told) == []


def test_a_csv_opens_in_excel_and_runs_nothing() -> None:
    data = write_csv(["标题", "文号"], [["=cmd|' /C calc'!A0", "＠张三"], [" +1", None]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines() == ["标题,文号", "'=cmd|' /C calc'!A0,'＠张三", "' +1,"]
    assert harmless(3) == "3"
