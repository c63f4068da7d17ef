"""Break the product in small ways and see whether a test notices: ``make mutants``.

A share of all mutants of three rooms (drawn by a seed, so that a run can be repeated) is tried. One process loads the
tests and a fresh database; first it notes which test runs which line, then each mutant lives in a fork of that process:
the code of one function is exchanged there, and the tests that run its line are run, nearest and quickest first, until
one fails. What no test notices is alive, and so is what no test runs; what runs on too long is caught by the clock.
"""

import argparse
import gc
import json
import os
import pickle
import random
import select
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.mutants import Mutant, code_of, mutants_of

SOURCE = ROOT / "src" / "chuangwen"
ROOMS = ("records/duties", "records/measures", "results/scoring")
NEAR = (
    "tests/records/duties",
    "tests/records/measures",
    "tests/results/scoring",
    "tests/doors/evaluation_pages",
    "tests/work/plans",
)
AT_ONCE, MOST_PREPARED = 2, 20
SET_UP = "set up: "
LEAST_SECONDS, TIMES_SLOWER = 10.0, 6
ALIVE_ALLOWED = 0.10


@dataclass
class Known:
    """What a run without a mutant told: seconds by test, tests by file and line, tests that failed."""

    seconds: dict[str, float] = field(default_factory=dict)
    runs: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def take(self, other: "Known") -> None:
        """Add what another fork learnt."""
        self.seconds |= other.seconds
        self.failed += other.failed
        for file, lines in other.runs.items():
            mine = self.runs.setdefault(file, {})
            for line, tests in lines.items():
                mine.setdefault(line, []).extend(tests)


@dataclass
class Tried:
    """A mutant and what became of it: ``caught``, ``slow``, ``alive``, ``unseen`` (no test runs its line)."""

    mutant: Mutant
    fate: str
    seconds: float = 0.0


class Laboratory:
    """A plugin of pytest: instead of running the tests once it runs some of them for each mutant."""

    def __init__(self, mutants: list[Mutant], at_once: int) -> None:
        self.mutants, self.at_once = mutants, at_once
        self.known = Known()
        self.tried: list[Tried] = []
        self.in_child = False
        self.cover: coverage.Coverage | None = None
        self.functions: dict[Place, list[types.FunctionType]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Property tests draw the same examples every time, and do not look for smaller ones."""
        import hypothesis

        phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
        hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=phases)
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._within(f"{SET_UP}{item.nodeid}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        self._within(item.nodeid)

    def _within(self, context: str) -> None:
        """Tell apart what a test itself runs from what only prepares it."""
        if self.cover is not None:
            self.cover.switch_context(context)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self.in_child and report.failed:
            os._exit(1)
        self.known.seconds[report.nodeid] = self.known.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.known.failed.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {one.nodeid: one for one in session.items}
        self._warm(session.items)
        self.known = self._learn(session.items)
        for one in set(self.known.failed):
            print("left out, since it fails without any mutant:", one, flush=True)
            self.known.seconds.pop(one)
        self.functions = functions_by_place()
        gc.disable()
        gc.freeze()  # so that a fork does not copy what it only looks at
        self._try_all(items)
        return True

    @staticmethod
    def _warm(items: list[pytest.Item]) -> None:
        """One test with the database, followed by one of another folder, so that only what all share stays set up."""
        first = next(one for one in items if "cast" in getattr(one, "fixturenames", ()))
        other = next((one for one in items if one.path.parent != first.path.parent), items[-1])
        first.ihook.pytest_runtest_protocol(item=first, nextitem=other)

    def _learn(self, items: list[pytest.Item]) -> Known:
        """Run every test once, in a fork for each processor, noting which lines it runs."""
        files = sorted({one.path for one in items})
        share = {path: number % self.at_once for number, path in enumerate(files)}
        pipes = [self._learning([one for one in items if share[one.path] == number]) for number in range(self.at_once)]
        known = Known()
        for reader in pipes:
            with os.fdopen(reader, "rb") as pipe:
                known.take(pickle.load(pipe))
        return known

    def _learning(self, items: list[pytest.Item]) -> int:
        """Begin a fork that runs these tests; where to read from what it learnt."""
        reader, writer = os.pipe()
        if os.fork():
            os.close(writer)
            return reader
        self.known = Known()
        cover = coverage.Coverage(data_file=None, include=[f"{SOURCE}/{room}/*" for room in ROOMS])
        cover.start()
        self.cover = cover
        for one, following in zip(items, [*items[1:], None], strict=True):
            one.ihook.pytest_runtest_protocol(item=one, nextitem=following or items[0])
        cover.stop()
        data = cover.get_data()
        self.known.runs = {file: data.contexts_by_lineno(file) for file in data.measured_files()}
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(self.known, pipe)
        os._exit(0)

    def _try_all(self, items: dict[str, pytest.Item]) -> None:
        waiting, running = list(self.mutants), {}
        while waiting or running:
            while waiting and len(running) < self.at_once:
                mutant = waiting.pop(0)
                tests = self._tests_for(mutant)
                if tests:
                    allowed = max(LEAST_SECONDS, TIMES_SLOWER * sum(self.known.seconds[one] for one in tests))
                    running[self._child(mutant, [items[one] for one in tests])] = (mutant, time.monotonic(), allowed)
                else:
                    self._tell(Tried(mutant, "unseen"))
            self._reap(running)

    def _reap(self, running: dict[int, tuple[Mutant, float, float]]) -> None:
        """See which forks have ended, and end those that run too long."""
        for pid, (mutant, began, allowed) in list(running.items()):
            spent = time.monotonic() - began
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                fate = {0: "alive", 1: "caught", 3: "unfit"}.get(os.waitstatus_to_exitcode(status), "caught")
            elif spent > allowed:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                fate = "slow"
            else:
                continue
            del running[pid]
            self._tell(Tried(mutant, fate, spent))
        select.select([], [], [], 0.005)

    def _tests_for(self, mutant: Mutant) -> list[str]:
        """The tests that run its line, or where the line is within a longer statement its nearest line before.

        What a test itself runs goes first; of those that only prepare with it, of which there may be hundreds, a few.
        """
        lines = self.known.runs.get(str(mutant.path), {})
        line = next((one for one in range(mutant.line, mutant.line - 3, -1) if lines.get(one)), 0)
        found = lines.get(line, [])
        room = "/".join(mutant.path.relative_to(SOURCE).parts[:2])

        def order(one: str) -> tuple[bool, float, str]:
            return not one.startswith(f"tests/{room}/"), self.known.seconds[one], one

        called = {one for one in found if one in self.known.seconds}
        prepared = {one.removeprefix(SET_UP) for one in found if one.startswith(SET_UP)} & self.known.seconds.keys()
        return [*sorted(called, key=order), *sorted(prepared - called, key=order)[:MOST_PREPARED]]

    def _child(self, mutant: Mutant, items: list[pytest.Item]) -> int:
        if pid := os.fork():
            return pid
        self.in_child = True
        items[0].config.pluginmanager.unregister(name="terminalreporter")
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        try:
            if not exchange(mutant, self.functions):
                os._exit(3)
            for one, following in zip(items, [*items[1:], None], strict=True):
                one.ihook.pytest_runtest_protocol(item=one, nextitem=following or one)
        except BaseException:
            os._exit(1)
        os._exit(0)

    def _tell(self, tried: Tried) -> None:
        self.tried.append(tried)
        if tried.fate in {"alive", "unseen"}:
            where = tried.mutant.path.relative_to(SOURCE)
            one = tried.mutant
            print(
                f"{tried.fate:7} {where}:{one.line} {one.function} [{one.kind}] {one.before}  ->  {one.after}",
                flush=True,
            )
        if len(self.tried) % 100 == 0:
            print(
                f"… {len(self.tried)} of {len(self.mutants)} {dict(Counter(one.fate for one in self.tried))}",
                flush=True,
            )


Place = tuple[str, str, int]


def functions_by_place() -> dict[Place, list[types.FunctionType]]:
    """Every function of the product as its importers have it, decorated or not, by file, name and line."""
    found: dict[Place, list[types.FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename.startswith(str(SOURCE)):
            found[_place_of(one.__code__, one.__code__.co_qualname)].append(one)
    return found


def _place_of(code: types.CodeType, name: str) -> Place:
    return code.co_filename, name, code.co_firstlineno


def exchange(mutant: Mutant, functions: dict[Place, list[types.FunctionType]]) -> bool:
    """Put the mutant's code into its function."""
    code = code_of(mutant)
    found = functions.get(_place_of(code, mutant.function), [])
    for one in found:
        try:
            one.__code__ = code
        except ValueError:  # it closes over fewer names now
            return False
    return bool(found)


def drawn(only: str, share: float, seed: int) -> list[Mutant]:
    """The sample: of each module the same share, by a seed of its own, so that one module does not move another's."""
    found: list[Mutant] = []
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            name = str(path.relative_to(SOURCE))
            if "migrations" in name or not name.startswith(only):
                continue
            all_of_it = mutants_of(path)
            count = min(len(all_of_it), max(1, round(share * len(all_of_it)))) if all_of_it else 0
            chosen = random.Random(f"{seed} {name}").sample(range(len(all_of_it)), count)
            found += [all_of_it[number] for number in sorted(chosen)]
    return found


def table(tried: list[Tried]) -> Iterator[str]:
    """Counts by room."""
    by_room: dict[str, Counter[str]] = defaultdict(Counter)
    for one in tried:
        room = "/".join(one.mutant.path.relative_to(SOURCE).parts[:2])
        by_room[room][one.fate] += 1
        by_room["all"][one.fate] += 1
    yield "| room | tried | caught | by the clock | alive | run by no test | alive of all |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for room, fates in by_room.items():
        count = sum(fates.values()) - fates["unfit"]
        left = fates["alive"] + fates["unseen"]
        rate = f"{left / count:.1%}" if count else "-"
        yield f"| {room} | {count} | {fates['caught']} | {fates['slow']} | {fates['alive']} | {fates['unseen']} | {rate} |"


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--share", type=float, default=0.25, help="of all mutants that is tried")
    words.add_argument("--seed", type=int, default=13)
    words.add_argument("--only", default="", help="a room or a module, e.g. records/duties/actions.py")
    words.add_argument("--tests", default="", help="folders of tests to run, instead of all that are near")
    words.add_argument("--at-once", type=int, default=AT_ONCE)
    words.add_argument("--out", type=Path, help="a JSON file for all that was tried")
    words.add_argument("--count", action="store_true", help="only say how many there are")
    said = words.parse_args()
    mutants = drawn(said.only, said.share, said.seed)
    if said.count:
        print(len(mutants), "of", len(drawn(said.only, 1.0, said.seed)))
        return 0
    os.chdir(ROOT)
    near = [one for one in (said.tests.split() or NEAR) if Path(one).exists()]
    began, laboratory = time.monotonic(), Laboratory(mutants, said.at_once)
    status = pytest.main(["-p", "no:cacheprovider", "-m", "not browser and not long", *near], plugins=[laboratory])
    print("\n".join(table(laboratory.tried)), f"\n{time.monotonic() - began:.0f} s")
    if said.out:
        rows = [
            {"id": one.mutant.id, "file": str(one.mutant.path.relative_to(SOURCE)), "line": one.mutant.line, "function": one.mutant.function,
             "kind": one.mutant.kind, "before": one.mutant.before, "after": one.mutant.after, "fate": one.fate, "seconds": one.seconds}
            for one in laboratory.tried
        ]  # fmt: skip
        said.out.parent.mkdir(parents=True, exist_ok=True)
        said.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    alive = sum(one.fate in {"alive", "unseen"} for one in laboratory.tried)
    return int(status) if len(laboratory.tried) < len(mutants) else int(alive > ALIVE_ALLOWED * len(laboratory.tried))


if __name__ == "__main__":
    sys.exit(main())
