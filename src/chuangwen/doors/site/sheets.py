"""Lists leave as Excel in one shape."""

from collections.abc import Iterable, Sequence

from chuangwen.kernel.sheet_writing import write_table


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet with a title, a frozen heading and the rows."""
    return write_table(columns, rows, title=title)
