"""A demo town in a folder, for tests that need a whole one: made once in a run of ``make test``, then copied."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from chuangwen.kernel.locking import alone

TOLD = "told.json"


def demo_home(folder: Path) -> dict[str, Any]:
    """Lay a demo town into an empty folder; what ``chuangwen demo --json`` told when it was made."""
    if run := os.environ.get("CHUANGWEN_TEST_RUN"):
        with alone(Path(run) / "demo.lock"):
            made = Path(run) / "demo"
            if not (made / TOLD).exists():
                _make(made)
        shutil.copytree(made, folder, dirs_exist_ok=True)
    else:
        _make(folder)
    told: dict[str, Any] = json.loads((folder / TOLD).read_text("utf-8"))
    return told


def _make(folder: Path) -> None:
    words = [sys.executable, "-m", "chuangwen", "demo", "--no-serve", "--json", "--home", str(folder)]
    done = subprocess.run(words, capture_output=True, check=True)
    (folder / TOLD).write_bytes(done.stdout)
