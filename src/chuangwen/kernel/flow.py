"""A flow: states and the moves between them, and what must be true of it as a whole.

Pure graph: states by id, moves with ``sources`` (empty: the move opens the case) and ``target`` (``"="``: it stays).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

STAYS = "="


class Move(Protocol):
    """What the graph needs to know of a move."""

    @property
    def id(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def to(self) -> str: ...


def edges(moves: Iterable[Move]) -> dict[str, set[str]]:
    """Where each state leads, moves that stay aside; ``""`` stands for the moment before a case is opened."""
    found: dict[str, set[str]] = {}
    for move in moves:
        for source in move.sources or ("",):
            if move.to != STAYS:
                found.setdefault(source, set()).add(move.to)
    return found


def reachable(graph: Mapping[str, Collection[str]], start: str = "") -> set[str]:
    """Every state that can be reached."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting.extend(graph.get(state, ()))
    return seen - {""}


def dead_ends(graph: Mapping[str, Collection[str]], closed: Collection[str]) -> set[str]:
    """States from which no closed state can be reached (closed states are never dead ends)."""
    back: dict[str, set[str]] = {}
    for source, targets in graph.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    alive: set[str] = set()
    for state in closed:
        alive |= reachable(back, state) | {state}
    everywhere = set(graph) | {target for targets in graph.values() for target in targets}
    return everywhere - alive - {""}


def avoidable(moves: Iterable[Move], needed: Collection[str], ends: Collection[str]) -> set[str]:
    """The ends that can be reached without any of the ``needed`` moves."""
    rest = [move for move in moves if move.id not in needed]
    return reachable(edges(rest)) & set(ends)
