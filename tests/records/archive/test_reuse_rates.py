"""How many altered photos are found again and how many fresh ones are accused: a sample always, 500 photos in long runs."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from bench.archive_photos import FAMILIES, PHOTOS, finding, known, near, same
from tests.records.archive.album import SIZE
from tests.records.photos import scenes

PLACES = 7


@pytest.fixture(scope="module")
def album() -> dict[tuple[int, str], bytes]:
    """21 photos: seven places, each on two days by two hands, and one that looks like each."""
    found = {}
    for number in range(PLACES):
        place = scenes.place(number)
        found[number, "first"] = scenes.shot(place, 1, size=SIZE)
        found[number, "another day"] = scenes.shot(place, 2, scenes.hand(number, careful=number % 2 == 0), SIZE)
        found[number, "look-alike"] = scenes.shot(scenes.alike(place), 1, scenes.hand(number + 99), SIZE)
    return {key: scenes.jpeg(picture, 92) for key, picture in found.items()}


def test_altered_photos_are_found_again(album: dict[tuple[int, str], bytes]) -> None:
    """Each photo altered in three of the nine ways, in turn."""
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for place, (key, data) in enumerate(album.items()):
        mine = known(data)
        wanted = list(FAMILIES)[place % 3 :: 3]
        for family, altered in scenes.alterations(scenes.opened(data), np.random.default_rng(place)):
            if family in wanted:
                again = known(altered)
                tried[family] += 1
                missed[family] += not (near(mine, again) and same(mine, again))
        assert key in album
    assert set(tried) == set(FAMILIES)
    assert min(tried.values()) >= PLACES
    assert {family: missed[family] for family in FAMILIES if missed[family] / tried[family] > FAMILIES[family]} == {}


def test_no_fresh_photo_is_accused(album: dict[tuple[int, str], bytes]) -> None:
    seen = {key: known(data) for key, data in album.items()}
    close = [
        (one, two) for one, two in combinations(seen, 2) if one[0] == two[0] or near(seen[one], seen[two])
    ]  # of one place whatever the hashes say
    assert len(close) >= 3 * PLACES
    assert [(one, two) for one, two in close if same(seen[one], seen[two])] == []


@pytest.mark.long
def test_the_rates_hold_on_500_photos() -> None:
    assert [row for row in finding(PHOTOS) if not row["met"]] == []
