"""A parser that hangs, dies or swells takes nobody with it."""

import time

import pytest

from chuangwen.kernel.apart import Apart, FellOver, TookTooLong


def apart(seconds: int = 20, many: int = 100) -> Apart:
    return Apart("tests.kernel.bad_reader", seconds=seconds, megabytes=500, many=many)


def test_one_child_answers_many_questions_and_is_made_anew_after_so_many() -> None:
    with apart(many=2) as child:
        pids = [child.ask({"do": "read"}, name="a")["pid"] for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]


@pytest.mark.parametrize("what", ["hang", "hang with a child"])
def test_a_file_that_hangs_the_reader_is_given_up_in_time_and_the_next_is_read(what: str) -> None:
    with apart(seconds=2) as child:
        begun = time.monotonic()
        with pytest.raises(TookTooLong, match="“坏文件”读了 2 秒"):
            child.ask({"do": what}, name="坏文件")
        assert time.monotonic() - begun < 8
        assert child.ask({"do": "read"}, name="好文件.pdf")["did"] == "read"


@pytest.mark.parametrize("what", ["die", "swell"])
def test_a_crash_or_too_much_memory_ends_the_child_alone(what: str) -> None:
    with apart() as child:
        with pytest.raises(FellOver, match="坏文件"):
            child.ask({"do": what}, name="坏文件.docx")
        assert child.ask({"do": "read"}, name="好文件.docx")["did"] == "read"


def test_what_a_library_prints_does_not_disturb_the_answers() -> None:
    with apart() as child:
        assert child.ask({"do": "chatter"}, name="a")["did"] == "chatter"
