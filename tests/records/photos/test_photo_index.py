"""The index of photo hashes finds exactly what a look at every hash finds, through merges, other processes and damage."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuangwen.records.photos import index as twin_index
from chuangwen.records.photos.hashing import unlike
from chuangwen.records.photos.index import RECORD, TwinIndex

Rows = list[tuple[int, int, int]]
SIGNED = st.integers(-(2**63), 2**63 - 1)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Rows, tuple[int, int], int]:
    """Photos of which many are a few bits from one another, and one to ask for."""
    seeds = draw(st.lists(SIGNED, min_size=1, max_size=6))
    flips = st.lists(st.integers(0, 63), max_size=14)

    def code() -> int:
        found = draw(st.sampled_from(seeds))
        for bit in draw(flips):
            found ^= 1 << bit
        return (found + 2**63) % 2**64 - 2**63

    rows = [(number + 1, code(), code()) for number in range(draw(st.integers(0, 40)))]
    return rows, (code(), code()), draw(st.integers(0, 11))


def by_looking_at_all(rows: Sequence[tuple[int, int, int]], wanted: tuple[int, int], distance: int) -> set[tuple]:
    apart = [(key, unlike(one, wanted[0]), unlike(two, wanted[1])) for key, one, two in rows]
    return {found for found in apart if min(found[1:]) <= distance}


@given(crowds(), st.integers(0, 40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_exactly_what_a_look_at_every_hash_finds(tmp_path_factory, crowd, first: int) -> None:
    rows, wanted, distance = crowd
    index = TwinIndex(tmp_path_factory.mktemp("twins"))
    index.rebuild(rows[:first])
    index.append(rows[first:])
    found = index.near(*wanted, distance)
    assert {tuple(one) for one in found} == by_looking_at_all(rows, wanted, distance)
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert index.ids().tolist() == sorted(key for key, *_ in rows)


def spread(count: int, seed: int = 1) -> Rows:
    dice = twin_index.np.random.default_rng(seed)
    codes = dice.integers(-(2**63), 2**63, (count, 2)).tolist()
    return [(number + 1, one, two) for number, (one, two) in enumerate(codes)]


def test_a_long_tail_is_merged_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin_index, "LONG_TAIL", 50)
    index, rows = TwinIndex(tmp_path), spread(400)
    for start in range(0, 400, 20):
        index.append(rows[start : start + 20])
        index.append(rows[start : start + 3])  # told twice
    assert TwinIndex(tmp_path).ids().tolist() == list(range(1, 401))
    assert len(list(tmp_path.glob("base-*"))) == 1
    for key, one, two in rows[::17]:
        assert [near.id for near in index.near(one ^ 0b1011, two)] == [key]


def test_many_hashes_that_share_a_block_are_found_too(tmp_path: Path) -> None:
    rows = [(number, number << 40, 7) for number in range(1, 300)]
    index = TwinIndex(tmp_path)
    index.rebuild(rows)
    wanted = (5 << 40, -1)
    assert {tuple(one) for one in index.near(*wanted, 3)} == by_looking_at_all(rows, wanted, 3)


def test_a_record_cut_in_half_by_a_power_cut_is_dropped_and_the_next_one_stands(tmp_path: Path) -> None:
    index, rows = TwinIndex(tmp_path), spread(3)
    index.append(rows[:2])
    tail = next(tmp_path.glob("tail-*"))
    tail.write_bytes(tail.read_bytes()[:-5])
    index.append(rows[2:])
    assert TwinIndex(tmp_path).ids().tolist() == [1, 3]
    assert tail.stat().st_size % RECORD.itemsize == 0


def test_a_damaged_record_is_not_believed(tmp_path: Path) -> None:
    index, rows = TwinIndex(tmp_path), spread(3)
    index.append(rows)
    tail = next(tmp_path.glob("tail-*"))
    data = bytearray(tail.read_bytes())
    data[RECORD.itemsize + 9] ^= 1
    tail.write_bytes(bytes(data))
    assert TwinIndex(tmp_path).ids().tolist() == [1, 3]


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"CWTWINS1" + b"\xff" * 200])
def test_a_damaged_base_is_thrown_away_and_can_be_built_again(tmp_path: Path, damage: bytes) -> None:
    TwinIndex(tmp_path).rebuild(spread(30))
    next(tmp_path.glob("base-*")).write_bytes(damage)
    index = TwinIndex(tmp_path)
    assert index.ids().tolist() == []
    index.rebuild(spread(30))
    assert len(index.ids()) == 30


WRITER = """
import sys
from pathlib import Path
from chuangwen.records.photos import index as twin_index
twin_index.LONG_TAIL = 40
index = twin_index.TwinIndex(Path(sys.argv[1]))
first = int(sys.argv[2])
for key in range(first, first + 150):
    index.append([(key, key * 0x9E3779B97F4A7C15 % 2**63, key)])
    assert key in {one.id for one in index.near(key * 0x9E3779B97F4A7C15 % 2**63, key, 0)}
"""


def test_several_processes_write_merge_and_read_at_once(tmp_path: Path) -> None:
    reader = TwinIndex(tmp_path)
    started = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)]) for first in (1, 1001, 2001)]
    seen: set[int] = set()
    while any(one.poll() is None for one in started):
        now = set(reader.ids().tolist())
        assert seen <= now  # nothing that stood once is ever gone
        seen = now
    assert [one.returncode for one in started] == [0, 0, 0]
    assert len(reader.ids()) == 450


def test_threads_of_one_process_share_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin_index, "LONG_TAIL", 15)
    index, rows = TwinIndex(tmp_path), spread(120)

    def work(part: int) -> bool:
        for row in rows[part::4]:
            index.append([row])
            if row[0] not in [one.id for one in index.near(row[1], row[2], 0)]:
                return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(4))) == [True] * 4
    assert len(index.ids()) == 120
