"""Every action of the product can be taken by somebody: a page, an interface or a command calls it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house_rules.test_the_house import MODULES, SOURCE, _named

ISSUE_17 = "issue 17, Any town: founding and changing a town by page"
WITHOUT_A_DOOR_YET: dict[str, str] = {
    "records.township.place_actions.add_organisation": ISSUE_17,
    "records.township.place_actions.close_organisation": ISSUE_17,
    "records.township.place_actions.add_site": ISSUE_17,
    "records.township.place_actions.close_site": ISSUE_17,
    "records.township.place_actions.set_deadline": ISSUE_17,
    "records.township.place_actions.remove_deadline": ISSUE_17,
    "records.township.actions.move_person": ISSUE_17,
    "records.township.actions.amend_person": ISSUE_17,
}
"""Actions that wait for their page, each with the issue that makes it. Nothing is added here without one."""


OF_THE_DEMO = {"records.township.actions.give_visitor_password"}
"""What a demo town alone may do, and refuses elsewhere."""


def _is_demo(path: Path) -> bool:
    """Demo modules make up data; what only they call cannot be done in a real town."""
    return any(part.startswith("demo") for part in path.relative_to(SOURCE).with_suffix("").parts)


def _actions() -> Iterator[tuple[str, str]]:
    """Every public action: atomic, told who and when; its module's name and its own."""
    for path in MODULES:
        if path.stem == "actions" or path.stem.endswith("_actions"):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _is_action(node):
                    yield ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts), node.name


def _is_action(node: ast.FunctionDef) -> bool:
    told = {argument.arg for argument in node.args.kwonlyargs}
    return {"by", "at"} <= told and any("atomic" in ast.dump(one) for one in node.decorator_list)


Call = tuple[str, str]


@dataclass(frozen=True)
class Read:
    """A module read once: what its imported names stand for, and its own functions and classes."""

    module: str
    tree: ast.Module
    names: dict[str, Call]

    @property
    def own(self) -> set[str]:
        return {node.name for node in self.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}

    def used_in(self, part: ast.AST) -> set[Call]:
        """The functions (module, name) that this part of the module calls or hands on, whatever they are called here."""
        own, found = self.own, set()
        for node in ast.walk(part):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.names:
                found.add((".".join(self.names[node.value.id]), node.attr))
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id in self.names:
                    found.add(self.names[node.id])
                elif node.id in own and node.id != getattr(part, "name", ""):
                    found.add((self.module, node.id))
        return found


def read(source: str, module: str) -> Read:
    tree = ast.parse(source)
    names = {
        one.asname or one.name: (node.module, one.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for one in node.names
    }
    return Read(module, tree, names)


def _called() -> set[Call]:
    """What is called from a door, or from something that a door calls; demo modules are no doors."""
    calls: dict[Call, set[Call]] = {}
    reached: set[Call] = set()
    for path in MODULES:
        if _is_demo(path):
            continue
        seen = read(path.read_text("utf-8"), ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
        if path.is_relative_to(SOURCE / "doors"):
            reached |= seen.used_in(seen.tree)
        else:
            for node in seen.tree.body:
                calls.setdefault((seen.module, getattr(node, "name", "")), set()).update(seen.used_in(node))
    return _closure(reached, calls)


def _closure(first: set[tuple[str, str]], calls: dict[tuple[str, str], set[tuple[str, str]]]) -> set[tuple[str, str]]:
    reached, due = set(first), list(first)
    while due:
        for one in calls.get(due.pop(), set()) - reached:
            reached.add(one)
            due.append(one)
    return reached


def test_every_action_has_a_door() -> None:
    called = _called()
    bare = {
        f"{module.removeprefix('chuangwen.')}.{name}" for module, name in _actions() if (module, name) not in called
    }
    assert bare >= OF_THE_DEMO
    bare -= OF_THE_DEMO
    assert sorted(bare - WITHOUT_A_DOOR_YET.keys()) == []
    assert sorted(WITHOUT_A_DOOR_YET.keys() - bare) == [], "these have a door now: take them off the list"


def test_a_call_is_found_under_whatever_name() -> None:
    source = "from a.b import actions, tally as count\nactions.close(1)\nmoves = {'x': count}\ndef own(): ...\nown()"
    seen = read(source, "here")
    assert {("a.b.actions", "close"), ("a.b", "tally"), ("here", "own")} <= seen.used_in(seen.tree)
    silent = read("from a.b import untold", "here")
    assert silent.used_in(silent.tree) == set()


def test_what_only_the_demo_calls_has_no_door() -> None:
    assert _is_demo(SOURCE / "doors" / "commands" / "demo_town.py")
    assert not _is_demo(SOURCE / "doors" / "office_pages" / "views.py")
    assert _named(SOURCE / "cli.py").startswith("src/")
