"""A part of the benchmark that runs in a process and a home of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def in_a_process(module: str) -> list[dict[str, Any]]:
    """The rows that a module of the benchmark prints when it runs by itself."""
    done = subprocess.run([sys.executable, "-m", module], check=True, stdout=subprocess.PIPE, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_a_home(work: Callable[[Path], list[dict[str, Any]]], *command: str) -> None:
    """Print the rows of work in a new home on SQLite, made ready by a command; the home goes afterwards."""
    folder = Path(tempfile.mkdtemp())
    os.environ["CHUANGWEN_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
    os.environ.pop("CHUANGWEN_DATABASE", None)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        with Path(os.devnull).open("w") as nowhere:
            call_command(*command, stdout=nowhere)
        print(json.dumps(work(folder)))
    finally:
        shutil.rmtree(folder)
