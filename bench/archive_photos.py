"""Photos: taking one in, finding near ones among a million, and how well altered photos are found and fresh ones left alone.

``python -m bench.archive_photos 60`` measures the finding on so many photos only.
"""

import io
import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.records.photos import scenes

from bench.timing import cpu, paired, row
from chuangwen.records.photos.comparing import Sight, look, planes_of
from chuangwen.records.photos.hashing import NEAR, unlike
from chuangwen.records.photos.index import TwinIndex
from chuangwen.records.photos.pictures import THUMB, read_photo

PHOTOS, DAYS, MANY, SEARCHES = 500, 4, 1_000_000, 400
SMALL = (640, 480)
FAMILIES = {
    "recompressed": 0.01,
    "resized": 0.01,
    "brightness": 0.01,
    "contrast": 0.01,
    "turned": 0.01,
    "wechat": 0.01,
    "stamped": 0.05,
    "cropped": 0.10,
    "mixed": 0.10,
}


def measure() -> Iterator[dict[str, Any]]:
    """All of them, each kind as it is done."""
    yield from intake()
    yield from searches()
    yield from finding(PHOTOS)


def phone_photo() -> bytes:
    """A photo of 12 megapixels with the noise of a phone's sensor, about 4 MB."""
    dice = np.random.default_rng(1)
    whole = scenes.shot(scenes.place(0), 1).resize((4000, 3000), Image.Resampling.BICUBIC)
    noisy = np.asarray(whole, np.int16) + dice.normal(0, 6, (3000, 4000, 1)).astype(np.int16)
    claims = Image.Exif()
    claims[0x0110] = "P40"
    claims.get_ifd(0x8825).update({1: "N", 2: (30.0, 18.0, 0.0), 3: "E", 4: (113.0, 12.0, 0.0)})
    return scenes.jpeg(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), 92, exif=claims)


def intake() -> list[dict[str, Any]]:
    """Digest, head, two hashes, thumbnail, against decoding at an eighth and the thumbnail alone."""
    data = phone_photo()

    def ours() -> object:
        return sha256(data).hexdigest(), read_photo(data, "x.jpg")

    def base() -> bytes:
        picture = Image.open(io.BytesIO(data))
        picture.draft("RGB", (picture.width // 8, picture.height // 8))
        small = picture.convert("RGB")
        small.thumbnail((THUMB, THUMB))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=75)
        return out.getvalue()

    one, two = paired(lambda: [ours() for _ in range(5)], lambda: [base() for _ in range(5)])
    what = f"CPU to take in a photo of {len(data) / 1e6:.1f} MB / decoding at an eighth and the thumbnail"
    return [row("photo-intake", what, one / 5, two / 5, 1.35)]


def even(count: int) -> np.ndarray:
    """Hashes as even as dice: (count, 2)."""
    return np.random.default_rng(2).integers(0, 2**64, (count, 2), dtype=np.uint64)


def as_photos(count: int) -> np.ndarray:
    """Hashes of pictures whose waves fall off as those of photos do, so that some blocks are far fuller than others."""
    dice = np.random.default_rng(3)
    rows, places = np.arange(8)[:, None], np.arange(9)[None]
    weight = 1 / (1 + np.hypot(np.arange(8)[:, None], np.arange(8)[None])) ** 1.5
    across = np.cos(np.pi * (2 * places + 1) * rows / 18)
    down = np.cos(np.pi * (2 * np.arange(8)[None] + 1) * rows / 16)
    found = np.empty((count, 2), np.uint64)
    for start in range(0, count, 50_000):
        waves = dice.normal(0, 1, (min(50_000, count - start), 8, 8)) * weight
        waves[:, 1, 0] += 0.8  # the sky is above, and light
        grid = np.einsum("nij,ik,jl->nkl", waves, down, across, optimize=True)
        bits = (grid[:, :, 1:] > grid[:, :, :-1]).reshape(-1, 64)
        flat = waves.reshape(-1, 64)
        shapes = flat > np.median(flat[:, 1:], axis=1, keepdims=True)
        for column, some in enumerate((bits, shapes)):
            found[start : start + len(some), column] = np.packbits(some, axis=1).view(">u8").ravel()
    return found


def searches() -> list[dict[str, Any]]:
    """The index against a NumPy look at every hash; both must find the same photos."""
    found = []
    for name, title, codes in (
        ("twins-search", "even hashes", even(MANY)),
        ("twins-search-photos", "hashes spread as those of photos", as_photos(MANY)),
    ):
        one, two = _search(codes)
        what = f"p50 ms to find all within {NEAR} bits among {MANY:,} {title} / NumPy full scan"
        found.append(row(name, what, one * 1000, two * 1000, 0.2))
    return found


def _search(codes: np.ndarray) -> tuple[float, float]:
    folder = Path(tempfile.mkdtemp())
    try:
        TwinIndex(folder).rebuild((key, int(one), int(two)) for key, (one, two) in enumerate(codes.tolist()))
        index = TwinIndex(folder)
        first, second = (np.ascontiguousarray(codes[:, column]) for column in (0, 1))
        dice, ours, base = random.Random(4), [], []
        for _ in range(SEARCHES):
            one, two = (int(value) for value in codes[dice.randrange(len(codes))])
            for bit in dice.sample(range(64), dice.randrange(12)):
                one ^= 1 << bit
            near: list[Any] = []
            ours.append(cpu_of(lambda one=one, two=two, near=near: near.extend(index.near(one, two))))
            scan: list[Any] = []
            base.append(cpu_of(lambda one=one, two=two, scan=scan: scan.append(_scan(first, second, one, two))))
            assert sorted(got.id for got in near) == scan[0].tolist(), "the index and the full scan differ"
        return statistics.median(ours), statistics.median(base)
    finally:
        shutil.rmtree(folder)


def _scan(first: np.ndarray, second: np.ndarray, one: int, two: int) -> np.ndarray:
    near = np.bitwise_count(first ^ np.uint64(one)) <= NEAR
    near |= np.bitwise_count(second ^ np.uint64(two)) <= NEAR
    return np.flatnonzero(near)


def cpu_of(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


# -- how well


Known = tuple[int, int, bytes]


def known(data: bytes) -> Known:
    photo = read_photo(data, "x.jpg")
    return photo.likeness, photo.shape, photo.thumb


def near(one: Known, two: Known) -> bool:
    return min(unlike(one[0], two[0]), unlike(one[1], two[1])) <= NEAR


def same(one: Known, two: Known) -> bool:
    """The finer look's verdict, whatever the hashes say."""
    return look(*planes_of(scenes.opened(one[2]), scenes.opened(two[2]))).sight is Sight.SAME


def album(number: int) -> tuple[int, list[Known], Counter[str], Counter[str]]:
    """One place: its photo and a second one (another day or a look-alike); both altered in every way."""
    place = scenes.place(number)
    by = scenes.hand(number, careful=number % 4 == 0)
    other = scenes.shot(place, 2, by) if number % 2 == 0 else scenes.shot(scenes.alike(place), 1, by)
    tried: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    kept = []
    for which, picture in enumerate((scenes.shot(place, 1), other)):
        data = scenes.jpeg(picture, 92)
        mine = known(data)
        kept.append(mine)
        for family, altered in scenes.alterations(scenes.opened(data), np.random.default_rng([number, which])):
            again = known(altered)
            tried[family] += 1
            hit[family] += near(mine, again) and same(mine, again)
    return number, kept, tried, hit


def days(number: int) -> tuple[int, int, int]:
    """Further days of one place, every second one from almost the same standpoint: how many fresh photos are accused,

    of how many, and how many would be if every one of them was near by its hashes.
    """
    place = scenes.place(number)
    seen: list[Known] = []
    accused = worst = 0
    for day in range(DAYS + 1):
        by = scenes.hand(number * 100 + day, careful=day % 2 == 0)
        now = known(scenes.jpeg(scenes.shot(place, day + 10, by, SMALL), 90))
        verdicts = [(near(one, now), same(one, now)) for one in seen]
        accused += any(close and alike for close, alike in verdicts)
        worst += any(alike for _close, alike in verdicts)
        seen.append(now)
    return accused, DAYS, worst


def finding(photos: int) -> list[dict[str, Any]]:
    """Altered photos found, fresh ones accused: on ``photos`` drawn ones and ``DAYS`` further days of every place."""
    places = range(photos // 2)
    tried: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    kept: list[tuple[int, Known]] = []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for number, some, these, those in pool.imap_unordered(album, places):
            kept += [(number, one) for one in some]
            tried.update(these)
            hit.update(those)
        told = pool.map(days, places)
    found = [
        row(f"photo-missed-{family}", f"share of {tried[family]} photos not found again when {family}",
            1 - hit[family] / tried[family], None, bar)
        for family, bar in FAMILIES.items()
    ]  # fmt: skip
    close = _close_strangers(kept)
    accused = {later for _earlier, later in close if same(kept[_earlier][1], kept[later][1])}
    fresh = sum(count for _accused, count, _worst in told)
    wrong, worst = sum(one for one, _count, _worst in told), sum(worst for _one, _count, worst in told)
    print(f"pairs of strangers near by their hashes: {len(close)}; other days called the same photo whatever their "
          f"hashes: {worst} of {fresh}")  # fmt: skip
    pair = planes_of(scenes.opened(kept[0][1][2]), scenes.opened(kept[1][1][2]))
    seconds = cpu(lambda: [look(*pair) for _ in range(50)]) / 50
    return [
        *found,
        row("photo-accused-strangers", f"share of {len(kept)} fresh photos taken for one of another place or look-alike",
            len(accused) / len(kept), None, 0.001),
        row("photo-accused-days", f"share of {fresh} photos of a further day taken for the photo of an earlier one",
            wrong / fresh, None, 0.001),
        row("photo-look", "CPU milliseconds of one finer look", seconds * 1000, None, 40),
    ]  # fmt: skip


def _close_strangers(kept: list[tuple[int, Known]]) -> list[tuple[int, int]]:
    """Pairs of photos not of one place and two days that are near by their hashes."""
    codes = [np.array([one[column] & (2**64 - 1) for _number, one in kept], np.uint64) for column in (0, 1)]
    pairs = []
    for later, (number, _one) in enumerate(kept):
        apart = np.minimum(*(np.bitwise_count(some[:later] ^ some[later]) for some in codes))
        for earlier in np.flatnonzero(apart <= NEAR).tolist():
            if kept[earlier][0] != number or number % 2:
                pairs.append((earlier, later))
    return pairs


if __name__ == "__main__":
    rows = finding(int(sys.argv[1])) if len(sys.argv) > 1 else [*intake(), *searches()]
    for result in rows:
        print(result)
