"""Whatever a picture is made to do, it ends as a photo or as one refusal, soon."""

import random
import time

import pytest
from tests.records.photos.hostile import SOUND, seeds

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.photos.comparing import look, planes_of
from chuangwen.records.photos.faults import faults_of
from chuangwen.records.photos.pictures import PAGE, page_copy, picture_of, read_photo

SEEDS = seeds()
LONGEST = 5.0


def read_through(data: bytes) -> bool:
    """All that is ever done with a photo; whether it was one."""
    try:
        read_photo(data, "x.jpg")
        page_copy(data, "x.jpg")
        picture = picture_of(data, "x.jpg", PAGE)
    except Refusal:
        return False
    faults_of(picture)
    look(*planes_of(picture, picture))
    return True


@pytest.mark.parametrize("name", SEEDS)
def test_a_hostile_picture_is_a_photo_or_a_refusal(name: str) -> None:
    started = time.process_time()
    assert read_through(SEEDS[name]) == (name in SOUND)
    assert time.process_time() - started < LONGEST


def mutated(dice: random.Random) -> bytes:
    """A seed with bytes flipped, cut, doubled or taken from another one."""
    data = bytearray(dice.choice(list(SEEDS.values()))[:200_000])
    for _ in range(dice.randrange(1, 12)):
        at = dice.randrange(len(data))
        kind = dice.randrange(5)
        if kind == 0:
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            data[at : at + 4] = dice.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\x01"])
        elif kind == 2:
            del data[at : at + dice.randrange(1, 400)]
        elif kind == 3:
            data[at:at] = data[at : at + dice.randrange(1, 400)]
        else:
            other = dice.choice(list(SEEDS.values()))
            data[at : at + 64] = other[: dice.randrange(1, 2000)]
        data = data or bytearray(b"\xff\xd8\xff")
    return bytes(data)


def hurt(seconds: float, seed: int) -> int:
    """Read mutated pictures for so long; returns how many."""
    dice, until, count = random.Random(seed), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        data, started = mutated(dice), time.process_time()
        read_through(data)
        assert time.process_time() - started < LONGEST, f"seed {seed}, picture {count}"
        count += 1
    return count


def test_pictures_mutated_for_a_moment_do_no_harm() -> None:
    assert hurt(3, seed=1) > 10


@pytest.mark.long
def test_pictures_mutated_for_minutes_do_no_harm() -> None:
    assert hurt(300, seed=time.time_ns() % 1_000_000) > 1000
