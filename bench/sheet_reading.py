"""Reading a table of 50,000 rows, against python-calamine alone on the same bytes; and the memory it takes."""

import gc
import io
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import python_calamine
import xlsxwriter

from chuangwen.kernel.sheets import read_table

ROWS = 50_000
ROUNDS = 5
TIME_BAR = 1.3
MEMORY_BAR = 300.0
HEAD = ("点位", "点位类型", "考察内容", "结果", "次数/总数", "时间", "考察人", "备注")


def observation_workbook(rows: int = ROWS, seed: int = 1) -> bytes:
    """A third-party team's table of so many rows, with merged cells nowhere and texts everywhere."""
    dice = random.Random(seed)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("观测")
        sheet.write_row(0, 0, HEAD)
        for row in range(1, rows + 1):
            site, check = dice.randrange(120), dice.randrange(220)
            result = dice.choice(("合格", "不合格"))
            note = f"第 {row} 处，门口有积水" if row % 3 == 0 else ""
            count = dice.randrange(8)
            cells = (
                f"{site} 号农贸市场",
                "农贸市场",
                f"A{check:03d} 无乱停乱放",
                result,
                count,
                "2021-10-14",
                "张强",
                note,
            )
            sheet.write_row(row, 0, cells)
    return out.getvalue()


def base(data: bytes) -> list[list[object]]:
    """The reader alone."""
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def ours(data: bytes) -> list[list[object]]:
    """With the looks at sizes, formulas, merged cells and true row numbers."""
    return read_table(data, name="观测.xlsx").sheets[0].rows


def cpu(work: object, data: bytes) -> float:
    gc.collect()
    start = time.process_time()
    work(data)
    return time.process_time() - start


def peak_megabytes(path: Path) -> float:
    """The largest resident size of a fresh process that reads the file."""
    done = subprocess.run([sys.executable, __file__, str(path)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def measure() -> list[dict[str, object]]:
    """The two results: time against the reader alone, and peak memory."""
    data = observation_workbook()
    assert ours(data) == base(data), "the rows read differ"
    times = [(cpu(ours, data), cpu(base, data)) for _ in range(ROUNDS)]
    mine, bare = (statistics.median(column) for column in zip(*times, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        path.write_bytes(data)
        memory = peak_megabytes(path)
    return [
        _result("sheet-reading", "50,000-row workbook, CPU s against python-calamine", (mine, bare), TIME_BAR),
        _result(
            "sheet-reading-memory", "50,000-row workbook, peak MB of the process against 300", (memory, MEMORY_BAR), 1.0
        ),
    ]


def _result(name: str, what: str, figures: tuple[float, float], bar: float) -> dict[str, object]:
    mine, bare = figures
    ratio = mine / bare
    return {
        "id": name,
        "what": what,
        "ours": round(mine, 4),
        "base": round(bare, 4),
        "ratio": round(ratio, 3),
        "bar": bar,
        "met": ratio <= bar,
    }


def _read_alone(path: str) -> None:
    rows = ours(Path(path).read_bytes())
    assert len(rows) == ROWS + 1
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _read_alone(sys.argv[1])
    else:
        for result in measure():
            print(result)
