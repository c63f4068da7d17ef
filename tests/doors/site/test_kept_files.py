"""A file between two steps: every process of the server finds it, only its sender may ask, and not for ever."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from chuangwen.doors.site import kept_files
from chuangwen.doors.site.kept_files import MOST_KEPT, GoneAgain, WrittenAlready, drop, keep, kept

ANOTHER_PROCESS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
django.setup()
from django.conf import settings
settings.FILES = os.environ["THE_FILES"]
from chuangwen.doors.site.kept_files import kept
print(kept(7, os.environ["THE_KEY"])[0].decode())
"""


def test_another_process_of_the_server_finds_what_this_one_kept() -> None:
    key = keep(7, "点位,结果".encode(), "观测.csv")
    facts = {**os.environ, "THE_FILES": str(django_settings.FILES), "THE_KEY": key}
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS], env=facts, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "点位,结果", done.stderr


def test_the_same_file_twice_is_kept_once_and_its_name_with_it() -> None:
    assert keep(7, b"a,b", "甲.csv") == keep(7, b"a,b", "甲.csv") != keep(7, b"a,b", "乙.csv")
    assert kept(7, keep(7, b"a,b", "甲.csv")) == (b"a,b", "甲.csv")


def test_nobody_else_gets_it() -> None:
    key = keep(7, b"a,b", "甲.csv")
    with pytest.raises(GoneAgain):
        kept(8, key)


@pytest.mark.parametrize("key", ["", "..", "../7", "x" * 64, "../../sealed/ab", "a" * 63])
def test_a_key_is_never_a_path(key: str) -> None:
    keep(7, b"a,b", "甲.csv")
    with pytest.raises(GoneAgain):
        kept(7, key)


def test_after_six_hours_it_is_gone_and_swept_away() -> None:
    key = keep(7, b"a,b", "甲.csv")
    path = next(Path(django_settings.FILES).rglob(key))
    old = time.time() - kept_files.KEPT_SECONDS - 1
    os.utime(path, (old, old))
    with pytest.raises(GoneAgain):
        kept(7, key)
    keep(8, b"c", "丙.csv")
    assert not path.exists()


def test_one_person_cannot_fill_the_disk() -> None:
    for number in range(MOST_KEPT + 5):
        keep(7, str(number).encode(), "甲.csv")
    assert len(list(Path(django_settings.FILES).rglob("*.json"))) <= MOST_KEPT + 1


def test_what_was_written_is_kept_no_longer() -> None:
    key = keep(7, b"a,b", "甲.csv")
    drop(7, key)
    with pytest.raises(WrittenAlready):
        kept(7, key)
    assert len(list(Path(django_settings.FILES).rglob(f"{key}*"))) == 1, "only that it was written"
    assert kept(7, keep(7, b"a,b", "甲.csv"))[0] == b"a,b"
