"""Where the states of a flow stand when it is drawn: the way down the middle, and what stands beside it.

Officers read a flow from top to bottom in the order in which its file declares it, so that order is kept. Beside the
way stand the endings that nobody goes on from, and the states that one other state only lends its case to (an extension
being asked for, a case put on hold).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

START = ""


@dataclass(frozen=True)
class Stop:
    """One state. ``kind`` is open, waiting or closed; ``note`` says whose turn it is; ``stays`` are moves that stay."""

    id: str
    title: str
    note: str = ""
    kind: str = "open"
    tone: str = ""
    good: bool = False
    stays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """All moves from one state to another, as one arrow. ``returns``: they send a case back. ``START`` opens it."""

    source: str
    target: str
    titles: tuple[str, ...]
    returns: bool = False


class Run(Enum):
    """How an arrow runs."""

    OPENS = "opens"
    DOWN = "down"
    OUT = "out"
    HOME = "home"
    UP = "up"
    ROUND = "round"


@dataclass(frozen=True)
class Places:
    """``spine`` from top to bottom; ``host`` names the state of the spine that a state beside it stands next to."""

    spine: tuple[str, ...]
    host: Mapping[str, str] = field(default_factory=dict)

    def beside(self, id_: str) -> list[str]:
        """What stands next to this state of the spine, in declared order."""
        return [one for one, host in self.host.items() if host == id_]

    def row(self, id_: str) -> int:
        return self.spine.index(self.host.get(id_, id_))

    def run(self, way: Way) -> Run:
        """How the arrow runs between the two places."""
        if way.source == START:
            return Run.OPENS
        if self.host.get(way.target) == way.source:
            return Run.OUT
        if self.host.get(way.source) == way.target:
            return Run.HOME
        if way.source in self.host or way.target in self.host:
            return Run.ROUND
        step = self.row(way.target) - self.row(way.source)
        return Run.DOWN if step == 1 else Run.ROUND if step > 0 else Run.UP


def place(stops: Sequence[Stop], ways: Iterable[Way], *, beside: bool) -> Places:
    """Find every state its place; without ``beside`` all stand below each other, as a phone shows them."""
    ids = [one.id for one in stops]
    if not beside:
        return Places(tuple(ids))
    ways = [way for way in ways if way.source != way.target]
    opened = {way.target for way in ways if way.source == START}
    ends = [one for one in stops if one.kind == "closed" and not _goes_on(one.id, ways, ids)]
    main = _main_end(stops, ways, ends)
    aside = [one.id for one in ends if one.id != main]
    aside += [one.id for one in stops if one.kind != "closed" and len(_neighbours(one.id, ways)) == 1]
    aside = [id_ for id_ in ids if id_ in aside and id_ not in opened]
    spine = [id_ for id_ in ids if id_ not in aside]
    host: dict[str, str] = {}
    for id_ in aside:
        near = [one for one in spine if one in {way.source for way in ways if way.target == id_}]
        if near:
            host[id_] = min(reversed(near), key=lambda one: sum(other == one for other in host.values()))
    return Places(tuple(id_ for id_ in ids if id_ not in host), host)


def _goes_on(id_: str, ways: Collection[Way], ids: Sequence[str]) -> bool:
    """Whether a case goes on from here to something declared later."""
    return any(way.source == id_ and ids.index(way.target) > ids.index(id_) for way in ways)


def _neighbours(id_: str, ways: Collection[Way]) -> set[str]:
    return {way.target for way in ways if way.source == id_} | {way.source for way in ways if way.target == id_}


def _main_end(stops: Sequence[Stop], ways: Collection[Way], ends: Sequence[Stop]) -> str:
    """The ending that the way leads to: reached from the last state at work, a good one before any other."""
    working = [one.id for one in stops if one not in ends and len(_neighbours(one.id, ways)) > 1]
    reached = {way.target for way in ways if working and way.source == working[-1]}
    ranked = sorted(ends, key=lambda one: (one.id not in reached, not one.good))
    return ranked[0].id if ranked else ""
