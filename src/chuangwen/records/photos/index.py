"""Which photos are near: an exact search by Hamming distance over packed arrays on the disk.

Each 64-bit hash is cut into four blocks of 16 bits. Of two hashes at most 11 bits apart, one block differs in at most
two bits (11 / 4 < 3), so looking into the 137 buckets around each of the four blocks finds every one of them, and no
other needs to be counted. Neighbouring bits of a photo's hash are alike (a sky, a road), so the four blocks take them in
turn, along the diagonals: that halves what stands in a bucket. The arrays are mapped into memory, never changed in place, and shared by all processes:

``base-<n>.twins``  all photos up to a moment: ids, both hashes in order, and both once more sorted by block
``tail-<n>.twins``  what came after, appended durably, record by record; read whole, and merged when it grows long

All of it is derived from the rows: whatever is lost or damaged is built again. Photos are known by their row's key.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chuangwen.kernel.locking import alone

BLOCKS, BITS, MOST = 4, 16, 11
BUCKETS = 1 << BITS
STARTS = BLOCKS * BUCKETS + 2  # one more than needed, so that all that follows stands at even places
LONG_TAIL = 20_000
MAGIC = b"CWTWINS1"
HEAD = struct.Struct("<8sQ48x")
RECORD = np.dtype([("id", "<u8"), ("likeness", "<u8"), ("shape", "<u8"), ("check", "<u4")])
WHOLE = (1 << 64) - 1
Codes = NDArray[np.uint64]


class Near(NamedTuple):
    """A photo, and in how many bits its two hashes differ from those asked for."""

    id: int
    likeness: int
    shape: int

    @property
    def distance(self) -> int:
        return min(self.likeness, self.shape)


def _masks(radius: int) -> NDArray[np.int64]:
    """Every pattern of at most ``radius`` bits in a block."""
    found = [sum(1 << bit for bit in bits) for count in range(radius + 1) for bits in combinations(range(BITS), count)]
    return np.array(found, np.int64)


def _scattered() -> NDArray[np.uint64]:
    """Where the bits of each of the eight bytes of a hash go: row and column of a bit together name its block."""
    order = sorted(range(64), key=lambda bit: ((bit // 8 + bit % 8) % BLOCKS, bit))
    goes = {bit: place for place, bit in enumerate(order)}
    table = [
        [sum(1 << goes[8 * byte + bit] for bit in range(8) if value >> bit & 1) for value in range(256)]
        for byte in range(8)
    ]
    return np.array(table, np.uint64)


SCATTER = _scattered()
SCATTER_ONE = SCATTER.tolist()


def scatter(codes: Codes) -> Codes:
    """The hashes with their bits in the index's order: distances stay what they were."""
    raw = np.ascontiguousarray(codes).astype("<u8").view(np.uint8).reshape(-1, 8)
    found: Codes = SCATTER[0].take(raw[:, 0])
    for byte in range(1, 8):
        found |= SCATTER[byte].take(raw[:, byte])
    return found


def scatter_one(code: int) -> int:
    """The same for one hash."""
    found = 0
    for byte in range(8):
        found |= SCATTER_ONE[byte][code >> 8 * byte & 0xFF]
    return int(found)


MASKS = {radius: _masks(radius) for radius in range(MOST // BLOCKS + 1)}
SHIFTS = np.arange(BLOCKS, dtype=np.uint64) * np.uint64(BITS)
FIRSTS = np.arange(BLOCKS, dtype=np.int64) * BUCKETS


class Sorted:
    """One hash of all photos of a base, in order and sorted by each of its four blocks."""

    def __init__(self, codes: Codes, starts: NDArray[np.uint32], ordered: Codes, rows: NDArray[np.uint32]) -> None:
        self.codes, self.starts, self.ordered, self.rows = codes, starts, ordered, rows

    @classmethod
    def of(cls, codes: Codes) -> "Sorted":
        """Sort the hashes by block."""
        count = len(codes)
        starts = np.zeros(STARTS, np.uint32)
        rows = np.empty(BLOCKS * count, np.uint32)
        for block in range(BLOCKS):
            keys = ((codes >> SHIFTS[block]) & np.uint64(BUCKETS - 1)).astype(np.uint16)
            rows[block * count : (block + 1) * count] = keys.argsort(kind="stable")
            sizes = np.bincount(keys, minlength=BUCKETS)
            starts[block * BUCKETS + 1 : (block + 1) * BUCKETS + 1] = block * count + sizes.cumsum()
        return cls(codes, starts, codes[rows], rows)

    def near(self, code: int, distance: int) -> NDArray[np.uint32]:
        """The rows of all hashes at most so many bits away (one may be named more than once)."""
        parts = (np.uint64(code) >> SHIFTS).astype(np.int64) & (BUCKETS - 1)
        keys = ((parts[:, None] ^ MASKS[distance // BLOCKS]) + FIRSTS[:, None]).ravel()
        first = self.starts.take(keys).astype(np.int64)
        count = self.starts.take(keys + 1) - first
        total = int(count.sum())
        if total * 4 > len(self.codes):  # many alike in a block: one look at each is quicker
            return np.flatnonzero(_far(self.codes, code) <= distance).astype(np.uint32)
        places = (first - count.cumsum() + count).repeat(count)
        places += np.arange(total)
        hits: NDArray[np.uint32] = self.rows.take(places[_far(self.ordered.take(places), code) <= distance])
        return hits


def _far(codes: Codes, code: int) -> NDArray[np.uint8]:
    return np.asarray(np.bitwise_count(codes ^ np.uint64(code)))


class TwinIndex:
    """The index in one folder. ``near`` sees what any process has appended before it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.RLock()  # threads of one process share what they have mapped
        self._generation = -1
        self._ids: Codes = np.empty(0, np.uint64)
        self._sorted: tuple[Sorted, ...] = ()
        self._tail: NDArray[np.void] = np.empty(0, RECORD)
        self._read = 0

    def near(self, likeness: int, shape: int, distance: int = MOST) -> list[Near]:
        """All photos of which at least one hash is at most so many bits away, the nearest first."""
        with self._guard:
            self._refresh()
            return self._near(likeness, shape, distance)

    def _near(self, likeness: int, shape: int, distance: int) -> list[Near]:
        wanted = (scatter_one(likeness & WHOLE), scatter_one(shape & WHOLE))
        found: dict[int, Near] = {}
        if self._sorted:
            rows = np.unique(np.concatenate([one.near(code, distance) for one, code in _pairs(self._sorted, wanted)]))
            apart = [_far(one.codes[rows], code).tolist() for one, code in _pairs(self._sorted, wanted)]
            for key, first, second in zip(self._ids[rows].tolist(), *apart, strict=True):
                found[key] = Near(key, first, second)
        if len(self._tail):
            apart = [_far(self._tail[name], code) for name, code in _pairs(("likeness", "shape"), wanted)]
            for row in np.flatnonzero(np.minimum(*apart) <= distance):
                key = int(self._tail["id"][row])
                found[key] = Near(key, int(apart[0][row]), int(apart[1][row]))
        return sorted(found.values(), key=lambda one: (one.distance, one.likeness + one.shape, one.id))

    def ids(self) -> Codes:
        """Every photo that the index knows, in order."""
        with self._guard:
            self._refresh()
            return np.union1d(self._ids, self._tail["id"])

    def append(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Add photos (key, likeness, shape). They are on the disk when this returns; a repeat is harmless."""
        records = _records(rows)
        with alone(self.folder / "lock"):
            generation = self._newest()
            path = self._path("tail", generation)
            with path.open("ab") as file:
                file.truncate(file.tell() - file.tell() % RECORD.itemsize)  # a record that a power cut left half
                file.write(records.tobytes())
                file.flush()
                os.fsync(file.fileno())
                size = file.tell() // RECORD.itemsize
            if size >= LONG_TAIL:
                self._merge(generation)

    def rebuild(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Forget everything and hold these photos."""
        table = np.fromiter(((key, one & WHOLE, two & WHOLE) for key, one, two in rows), np.dtype("3u8"))
        with alone(self.folder / "lock"):
            self._write(table[:, 0], (scatter(table[:, 1]), scatter(table[:, 2])), self._newest() + 1)

    def _merge(self, generation: int) -> None:
        with self._guard:
            self._refresh()
            tail = self._tail[np.unique(self._tail["id"], return_index=True)[1]]
            old = ~np.isin(self._ids, tail["id"])
            ids = np.concatenate([self._ids[old], tail["id"]])
            before = [one.codes[old] for one in self._sorted] or [self._ids, self._ids]
            codes = [np.concatenate([one, tail[name]]) for one, name in _pairs(before, ("likeness", "shape"))]
        self._write(ids, (codes[0], codes[1]), generation + 1)

    def _write(self, ids: Codes, codes: tuple[Codes, Codes], generation: int) -> None:
        """A new base under its final name only when it is whole and on the disk; the old ones go."""
        half = self.folder / "half"
        with half.open("wb") as file:
            file.write(HEAD.pack(MAGIC, len(ids)))
            file.write(np.ascontiguousarray(ids).tobytes())
            for one in (Sorted.of(np.ascontiguousarray(each)) for each in codes):
                for part in (one.codes, one.ordered, one.rows, one.starts):
                    file.write(part.data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._path("base", generation))
        for old in self.folder.glob("*.twins"):
            if int(old.stem.split("-")[1]) < generation:
                _let_go(old)

    def _newest(self) -> int:
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - asked before each search: paths cost more than the search
        except FileNotFoundError:
            return 0
        return max((int(one[5:13]) for one in names if one.startswith("base-")), default=0)

    def _path(self, kind: str, generation: int) -> Path:
        return self.folder / f"{kind}-{generation:08d}.twins"

    def _refresh(self) -> None:
        """See what other processes have written; a base that was replaced meanwhile is looked for again."""
        for _try in range(5):
            generation = self._newest()
            if generation != self._generation:
                try:
                    self._map(generation)
                except FileNotFoundError:
                    continue
                self._generation, self._tail, self._read = generation, np.empty(0, RECORD), 0
            if self._read_tail(generation) or self._newest() == generation:
                return

    def _map(self, generation: int) -> None:
        self._ids, self._sorted = np.empty(0, np.uint64), ()
        if generation == 0:
            return
        path = self._path("base", generation)
        with path.open("rb") as file:
            magic, count = HEAD.unpack(file.read(HEAD.size).ljust(HEAD.size, b"\0"))
        if magic != MAGIC or path.stat().st_size != _size(count):
            _let_go(path)  # damaged: the rows are told to be missing, and the index is built again
            return
        whole: NDArray[np.uint8] = np.memmap(path, np.uint8, "r").view(np.ndarray)
        self._ids = _part(whole, HEAD.size, count, np.uint64)
        at = HEAD.size + 8 * count
        found = []
        for _hash in range(2):
            codes, ordered = _part(whole, at, count, np.uint64), _part(whole, at + 8 * count, 4 * count, np.uint64)
            rows = _part(whole, at + 40 * count, 4 * count, np.uint32)
            starts = _part(whole, at + 56 * count, STARTS, np.uint32)
            found.append(Sorted(codes, starts, ordered, rows))
            at += 56 * count + 4 * STARTS
        self._sorted = tuple(found)

    def _read_tail(self, generation: int) -> bool:
        """Read on where the last reading ended; ``False`` when there is no tail (any more)."""
        path = f"{self.folder}/tail-{generation:08d}.twins"
        try:
            size = os.stat(path).st_size // RECORD.itemsize  # noqa: PTH116 - a look before each search
            if size > self._read:
                with Path(path).open("rb") as file:
                    file.seek(self._read * RECORD.itemsize)
                    more = np.frombuffer(file.read((size - self._read) * RECORD.itemsize), RECORD)
                self._tail = np.concatenate([self._tail, more[more["check"] == _checks(more)]])
                self._read = size
        except FileNotFoundError:
            return False
        return True


def _pairs(one: Iterable[Any], two: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(one, two, strict=True)


def _size(count: int) -> int:
    return HEAD.size + 8 * count + 2 * (56 * count + 4 * STARTS)


def _part(whole: NDArray[np.uint8], at: int, count: int, kind: Any) -> NDArray[Any]:
    length = count * np.dtype(kind).itemsize
    return whole[at : at + length].view(kind)


def _records(rows: Sequence[tuple[int, int, int]]) -> NDArray[np.void]:
    made = np.zeros(len(rows), RECORD)
    for place, (key, likeness, shape) in enumerate(rows):
        made[place] = (key, likeness & WHOLE, shape & WHOLE, 0)
    made["likeness"], made["shape"] = scatter(made["likeness"]), scatter(made["shape"])
    made["check"] = _checks(made)
    return made


def _checks(records: NDArray[np.void]) -> NDArray[np.uint32]:
    """A sum over each record, so that one that was written half or damaged is known."""
    length = RECORD.itemsize - 4
    raw = records.tobytes()
    steps = range(0, len(raw), RECORD.itemsize)
    return np.array([zlib.crc32(raw[step : step + length]) for step in steps], np.uint32)


def _let_go(path: Path) -> None:
    """Remove a file; where somebody still has it mapped (Windows), the next time will."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
