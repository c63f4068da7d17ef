"""Everything that is wrong with one file or table, told together."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and how to mend it.

    ``row`` is the row of a sheet or the line of a text file, counted from 1; 0 means the whole file.
    ``column`` is a heading, a key or a cell name; empty means the whole row.
    """

    file: str
    row: int
    column: str
    what: str
    cure: str

    def __str__(self) -> str:
        place = self.file + (f":{self.row}" if self.row else "") + (f" [{self.column}]" if self.column else "")
        return f"{place} {self.what}" + (f" {self.cure}" if self.cure else "")

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Problems:
    """A growing list of problems; nothing is raised until all are known."""

    found: list[Problem] = field(default_factory=list)

    def add(self, *, file: str = "", row: int = 0, column: str = "", what: str, cure: str = "") -> None:
        self.found.append(Problem(file=file, row=row, column=column, what=what, cure=cure))

    def extend(self, more: "Iterable[Problem]") -> None:
        self.found.extend(more)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __bool__(self) -> bool:
        return bool(self.found)

    def refuse(self, what: str) -> None:
        """Raise one refusal that carries all problems, if there are any."""
        if self.found:
            raise Rejected(self.found, thing=what)


class Rejected(Refusal):
    """A file or table that cannot be taken in; ``problems`` says all that is wrong with it."""

    code = "rejected"
    sentence = later("{thing}有 {count} 处问题，没有写入任何内容。请按清单逐条改好后再来。")
    status = 422

    def __init__(self, problems: "Iterable[Problem]", *, thing: str) -> None:
        self.problems = sorted(problems)
        super().__init__(thing=thing, count=len(self.problems))
