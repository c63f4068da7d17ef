"""``make bench`` (all) or ``make bench ONLY=id``: prints a table and writes bench/out/results.json."""

import json
import sys
from pathlib import Path
from typing import Any

from bench import (
    archive_photos,
    archive_search,
    dashboard,
    inbox,
    moves,
    national,
    packaging,
    recognition,
    sheet_reading,
    town,
)

OUT = Path(__file__).parent / "out"
GROUPS = {
    "rescore-national": national.measure,
    "rescore-memory": national.measure_memory,
    "sheet-reading": sheet_reading.measure,
    "sheet-reading-memory": sheet_reading.measure,
    **dict.fromkeys(town.IDS, town.measure),
    **dict.fromkeys(dashboard.IDS, dashboard.measure),
    **dict.fromkeys(inbox.IDS, inbox.measure),
    **dict.fromkeys(moves.IDS, moves.measure),
    "package-time": packaging.measure,
    "package-memory": packaging.measure,
    **dict.fromkeys(archive_photos.IDS, archive_photos.measure),
    **dict.fromkeys(archive_search.IDS, archive_search.measure),
    **dict.fromkeys(recognition.IDS, recognition.measure),
}


def main() -> None:
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    groups = [work for name, work in GROUPS.items() if not only or name == only]
    found: list[dict[str, Any]] = []
    for work in dict.fromkeys(groups):
        found += [row for row in work() if not only or row["id"] == only]
    OUT.mkdir(exist_ok=True)
    (OUT / "results.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{'id':<22}{'ours':>12}{'base':>12}{'ratio':>10}{'bar':>10}  met  what")
    for row in found:
        base = "-" if row["base"] is None else f"{row['base']:.4g}"
        print(
            f"{row['id']:<22}{row['ours']:>12.4g}{base:>12}{row['ratio']:>10.3g}{row['bar']:>10.3g}  {'yes' if row['met'] else 'NO '}  {row['what']}"
        )
    sys.exit(0 if found else 2)


main()
