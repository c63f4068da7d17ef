"""What a table that comes in may say: its fields, what each is called, what must be there, what makes a row itself."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field as Limited
from pydantic import model_validator

from chuangwen.kernel.chinese import bare
from chuangwen.kernel.packfiles import Row, into, read_toml
from chuangwen.kernel.problems import Problems, Rejected
from chuangwen.kernel.words import later, say

LONGEST_TEXT = 200
LONGEST_LONG = 4000
TOTALS = ("合计", "总计", "小计", "共计", "累计", "平均")
NOTES = (
    "填表",
    "制表",
    "备注",
    "注",
    "说明",
    "审核",
    "单位负责人",
    "联系电话",
    "填报",
    "报送",
    "复核",
    "负责人",
    "经办",
)


class Kind(StrEnum):
    """What a cell of a field may say; the value is the word in a declaration."""

    TEXT = "text"
    LONG = "long"
    RAW = "raw"  # the text as it stands; "3/20", which Excel took for a day, comes back
    REFERENCE = "reference"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    DAY = "day"
    MOMENT = "moment"  # a day, with its time where one is said
    CLOCK = "clock"
    NUMBER = "number"
    WHOLE = "whole"
    SHARE = "share"
    YES_NO = "yes_no"
    NAME = "name"
    NAMES = "names"
    CHOICE = "choice"
    CHOICES = "choices"
    PICTURE = "picture"


NAMED = frozenset({Kind.NAME, Kind.NAMES})
CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES})
COUNTED = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.SHARE, Kind.RAW})


class Field(Row):
    """One field. ``guesses`` are headings that may mean it: a person is asked. ``spare``: headings that mean it where no

    column goes by its own. ``by_sheet``: a sheet may be called after the one thing that all its rows say. ``of`` names the list whose names it may say; ``most`` bounds the length of a text.

    ``merged``: what a merged cell over several rows means: the same for all of them, asked (one thing, or several), or, as
    for a number unless it is said otherwise, nobody knows how much of it is whose.
    ``aside``: what a bracket behind a name means that says nothing known of it: refused, or kept in the row's ``asides``.
    ``cure``: what to write where the value is missing.
    """

    id: str = Limited(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Limited(min_length=1)
    kind: Kind = Kind.TEXT
    required: bool = False
    headings: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    by_sheet: bool = False
    of: str = ""
    options: tuple[str, ...] = ()
    most: int | None = None
    merged: Literal["", "fill", "ask"] = ""
    aside: Literal["refuse", "keep"] = "refuse"
    cure: str = ""

    @property
    def longest(self) -> int:
        """The most characters that a text of it may have."""
        return self.most or (LONGEST_LONG if self.kind is Kind.LONG else LONGEST_TEXT)

    @property
    def counts(self) -> bool:
        """Whether a number in it counts something, so that one number over several rows would count several times."""
        return self.kind in COUNTED and not self.merged

    @property
    def words(self) -> tuple[str, ...]:
        """All headings that it goes by, its title first."""
        return tuple(dict.fromkeys((self.title, *self.headings)))


class Table(Row):
    """A kind of table. ``finds``: a sheet is one of these when it has all of these fields, of each group at least one.

    ``identity``: two rows that agree in these are the same thing said twice. ``order``: the fields of a pasted table that
    came without its head.
    """

    id: str = Limited(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Limited(min_length=1)
    fields: tuple[Field, ...] = Limited(min_length=1)
    finds: tuple[tuple[str, ...], ...] = ()
    identity: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    totals: tuple[str, ...] = TOTALS
    notes: tuple[str, ...] = NOTES

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        ids = [field.id for field in self.fields]
        if len(set(ids)) < len(ids):
            raise ValueError("two fields of one id")
        asked = {one for group in self.finds for one in group} | {*self.identity, *self.order}
        if asked - set(ids):
            raise ValueError(f"no such fields: {sorted(asked - set(ids))}")
        if any(field.kind in NAMED and not field.of for field in self.fields):
            raise ValueError("a name without the list it is of")
        if any(field.kind in CHOSEN and not field.options for field in self.fields):
            raise ValueError("a choice without options")
        return self

    def field(self, key: str) -> Field:
        """The field of this id."""
        return next(field for field in self.fields if field.id == key)

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Field -> the headings it goes by."""
        return {field.id: field.words for field in self.fields}

    def fits(self, columns: Collection[str]) -> bool:
        """Whether a head with these fields is one of this table."""
        groups = self.finds or tuple((field.id,) for field in self.fields if field.required)
        return bool(columns) and all(any(one in columns for one in group) for group in groups)

    def lacking(self, columns: Collection[str]) -> list[str]:
        """The titles that a head with these columns lacks."""
        groups = self.finds or tuple((field.id,) for field in self.fields if field.required)
        missing = [group for group in groups if not any(one in columns for one in group)]
        return [say(_OR).join(self.field(one).title for one in group) for group in missing]

    def titled(self, titles: Mapping[str, Sequence[str]]) -> "Table":
        """The same table with more headings for some fields, the first of them as its title."""
        fields = tuple(
            field.model_copy(update={"title": titles[field.id][0], "headings": (*titles[field.id], *field.words)})
            if titles.get(field.id)
            else field
            for field in self.fields
        )
        return self.model_copy(update={"fields": fields})


_OR = later("或")


@lru_cache(maxsize=32)
def declared(path: Path) -> Table:
    """The table that a TOML file declares. Raises Rejected with everything that is wrong with it."""
    problems = Problems()
    facts = read_toml(path.parent, path.name, problems)
    table = into(Table, facts, path.name, 0, problems)
    if table is not None:
        _check_headings(table, path.name, problems)
    if table is None or problems:
        raise Rejected(problems, thing=path.name)
    return table


def _check_headings(table: Table, file: str, problems: Problems) -> None:
    """One heading must not stand for two fields."""
    owners: dict[str, str] = {}
    for field in table.fields:
        for word in field.words:
            other = owners.setdefault(bare(word), field.id)
            if other != field.id:
                what = say("表头“{word}”既是 {one} 又是 {other}", word=word, one=field.id, other=other)
                problems.add(file=file, what=what, cure=say("一个表头只能归一列，请删去一处。"))
