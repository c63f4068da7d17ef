"""``make bench``: each row as it is measured, on the screen and in bench/out/results.jsonl.

Every group runs in a process of its own, so none finds what another left behind, and one that fails takes no other along.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent / "out"
GROUPS = {
    "bench.national": ("rescore-national", "rescore-memory"),
    "bench.sheet_reading": ("sheet-reading",),
    "bench.town": ("demo-", "rescore-", "what-if", "install-", "tree-", "open-", "api-"),
    "bench.inbox": ("inbox-",),
    "bench.moves": ("moves",),
    "bench.dashboard": ("dashboard-",),
    "bench.packaging": ("package-",),
    "bench.archive_search": ("search-",),
    "bench.archive_photos": ("photo-", "twins-"),
    "bench.recognition": ("ocr-",),
}
"""The modules that measure, and how the ids of their rows begin."""
CHILD = """
import importlib, json, sys
for row in importlib.import_module(sys.argv[1]).measure():
    print("ROW", json.dumps(row, ensure_ascii=False), flush=True)
"""
HEAD = f"{'id':<24}{'ours':>12}{'base':>12}{'ratio':>10}{'bar':>10}  met  what"


def rows_of(module: str) -> Iterator[dict[str, Any]]:
    """The rows of a group as they come; what else it says goes to the screen. ``CalledProcessError`` when it fails."""
    words = [sys.executable, "-c", CHILD, module]
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))}
    for name in ("CHUANGWEN_DATABASE", "PYTHONDONTWRITEBYTECODE"):  # a town keeps its compiled modules
        told.pop(name, None)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=told) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("ROW "):
                yield json.loads(line[4:])
            else:
                print(line, end="", flush=True)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, module)


def told(row: dict[str, Any]) -> str:
    """A row as the table shows it."""
    base = "-" if row["base"] is None else f"{row['base']:.4g}"
    figures = f"{row['ours']:>12.4g}{base:>12}{row['ratio']:>10.3g}{row['bar']:>10.3g}"
    return f"{row['id']:<24}{figures}  {'yes' if row['met'] else 'NO '}  {row['what']}"


def chosen(only: str) -> list[str]:
    """The groups that hold this row; all of them without one."""
    return [module for module, starts in GROUPS.items() if not only or only.startswith(starts)]


def run(only: str = "", out: Path = OUT) -> int:
    """Measure and tell; the exit status: 1 when a group failed, 2 when there is no such row."""
    out.mkdir(exist_ok=True)
    failed, found = [], []
    print(HEAD, flush=True)
    with (out / "results.jsonl").open("w", encoding="utf-8") as file:
        for module in chosen(only):
            try:
                for row in rows_of(module):
                    if only in {"", row["id"]}:
                        found.append(row)
                        print(told(row), flush=True)
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")
                        file.flush()
            except subprocess.CalledProcessError as no:
                failed.append(f"{module} failed with status {no.returncode}; its rows above are those measured before.")
                print(failed[-1], file=sys.stderr, flush=True)
    print(
        "",
        f"{len(found)} rows, {sum(not row['met'] for row in found)} beyond their bar.",
        *failed,
        sep="\n",
        flush=True,
    )
    return 1 if failed else 0 if found else 2
