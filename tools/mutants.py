"""One small change at a time to a module of the product: what ``tools/mutate.py`` breaks.

Comparisons and their boundaries, ``and`` and ``or``, sums and products, numbers by one, ``not``, conditions turned round,
conditions of comprehensions and whole statements left out, the first two arguments swapped, ``return None``. Texts,
declarations at the top of a module, defaults and annotations are left alone: they are data, or their own tests.
"""

import ast
import copy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COUNT = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip
NOT_BROKEN = {"__str__", "__repr__"}
Change = tuple[str, ast.AST]
Step = tuple[str, int | None]


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, of what kind it is, the line before and after."""

    path: Path
    function: str
    line: int
    kind: str
    before: str
    after: str
    route: tuple[Step, ...]
    variant: int

    @property
    def id(self) -> str:
        """A name that stays while the line stays."""
        return f"{self.path.name}:{self.function}: {self.before} -> {self.after}"


@cache
def source_of(path: Path) -> str:
    """The text of a module as it was when its mutants were drawn, whatever is written meanwhile."""
    return path.read_text()


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source_of(path))
    return [one for name, route, function in _functions(tree) for one in _of_function(path, name, route, function)]


def _functions(tree: ast.Module) -> Iterator[tuple[str, tuple[Step, ...], ast.AST]]:
    """Functions of the module and methods of its classes."""

    def look(
        body: list[ast.stmt], prefix: str, route: tuple[Step, ...]
    ) -> Iterator[tuple[str, tuple[Step, ...], ast.AST]]:
        for number, one in enumerate(body):
            here = (*route, ("body", number))
            if isinstance(one, ast.FunctionDef) and one.name not in NOT_BROKEN:
                yield f"{prefix}{one.name}", here, one
            elif isinstance(one, ast.ClassDef):
                yield from look(one.body, f"{prefix}{one.name}.", here)

    yield from look(tree.body, "", ())


def _of_function(path: Path, name: str, route: tuple[Step, ...], function: ast.AST) -> Iterator[Mutant]:
    for step, node in _walk(function, route):
        for variant, (kind, made) in enumerate(_changes(node)):
            before = node.iter if isinstance(node, ast.comprehension) else node
            yield Mutant(
                path,
                name,
                before.lineno,
                kind,
                _told(node),
                _told(made),
                step,
                variant,  # type: ignore[attr-defined]
            )


def _walk(node: ast.AST, route: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], ast.AST]]:
    """Every node of a function's body with the way to it; no decorators, defaults, annotations or docstrings."""
    for name, value in ast.iter_fields(node):
        if name in {"decorator_list", "annotation", "returns", "args"} and isinstance(
            node, ast.FunctionDef | ast.Lambda | ast.AnnAssign
        ):
            continue
        for number, one in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(one, ast.AST) and not _is_docstring(one):
                here = (*route, (name, number))
                yield here, one
                yield from _walk(one, here)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> list[Change]:
    found: list[Change] = []
    for kind, rule in RULES.items():
        found += [(kind, made) for made in rule(node)]
    return found


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            made = copy.deepcopy(node)
            made.ops[number] = COMPARE[type(operator)]()
            yield made
            if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                made = copy.deepcopy(node)
                made.ops[number] = ast.Gt() if isinstance(operator, ast.Lt | ast.LtE) else ast.Lt()
                yield made


def _boolean(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        made = copy.deepcopy(node)
        made.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield made


def _count(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in COUNT and not _is_text(node.left) and not _is_text(node.right):
        made = copy.deepcopy(node)
        made.op = COUNT[type(node.op)]()
        yield made


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _number(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _without_not(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield copy.deepcopy(node.operand)


def _turned(node: ast.AST) -> Iterator[ast.AST]:
    """A condition turned round, where no other rule does it."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
        node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
    ):
        made = copy.deepcopy(node)
        made.test = ast.UnaryOp(ast.Not(), made.test)
        yield made


def _unfiltered(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.comprehension):
        for number in range(len(node.ifs)):
            made = copy.deepcopy(node)
            del made.ifs[number]
            yield made


def _dropped(node: ast.AST) -> Iterator[ast.AST]:
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if call or isinstance(node, ast.Raise | ast.AugAssign | ast.Delete | ast.Continue | ast.Break):
        yield ast.Pass()


def _swapped(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call) or any(isinstance(one, ast.Starred) for one in node.args):
        return
    if len(node.args) >= 2 and ast.dump(node.args[0]) != ast.dump(node.args[1]):
        made = copy.deepcopy(node)
        made.args[:2] = made.args[1::-1]
        yield made


def _nothing(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


RULES: dict[str, Callable[[ast.AST], Iterator[ast.AST]]] = {
    "comparison": _comparison,
    "and/or": _boolean,
    "operator": _count,
    "constant": _number,
    "not left out": _without_not,
    "condition turned": _turned,
    "filter left out": _unfiltered,
    "statement left out": _dropped,
    "arguments swapped": _swapped,
    "return None": _nothing,
}


def _told(node: ast.AST) -> str:
    """The first line of a change, as people read it."""
    if isinstance(node, ast.comprehension):
        return ast.unparse(ast.ListComp(ast.Name("…"), [node]))
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    return text.splitlines()[0] if text else ""


def code_of(mutant: Mutant) -> types.CodeType:
    """The code of the mutant's function, compiled with the change in it."""
    tree = ast.parse(source_of(mutant.path))
    *way, last = mutant.route
    holder: ast.AST = tree
    for name, number in way:
        holder = getattr(holder, name) if number is None else getattr(holder, name)[number]
    name, number = last
    old = getattr(holder, name) if number is None else getattr(holder, name)[number]
    made = _changes(old)[mutant.variant][1]
    if number is None:
        setattr(holder, name, ast.copy_location(made, old))
    else:
        getattr(holder, name)[number] = ast.copy_location(made, old) if hasattr(old, "lineno") else made
    module = compile(ast.fix_missing_locations(tree), str(mutant.path), "exec")
    return _find(module, mutant.function.split("."))


def _find(code: types.CodeType, names: list[str]) -> types.CodeType:
    for name in names:
        code = next(one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name)
    return code
