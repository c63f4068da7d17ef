"""The process that forks children to be killed at will, and the town they work on: for tests of durability."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


class Nursery:
    """``intake_nursery.py`` at work in one home; ``run`` gives it one order."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.files = home, home / "files"
        environment = {**os.environ, "CHUANGWEN_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **settings}
        if "CHUANGWEN_DATABASE" not in settings:
            environment.pop("CHUANGWEN_DATABASE", None)
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Nursery":
        words = [sys.executable, str(Path(__file__).with_name("intake_nursery.py"))]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment, text=True, cwd=ROOT
        )
        assert self.line() == "READY"
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.tell.close()
        self.process.wait(60)
        self.process.stdout.close()

    @property
    def tell(self) -> IO[str]:
        assert self.process is not None
        assert self.process.stdin is not None
        return self.process.stdin

    def line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, order: str, *, kill_after: float | None = None) -> list[str]:
        """One child: what it said before it ended or was killed."""
        self.tell.write(f"{order}\n")
        self.tell.flush()
        said: list[str] = []
        while not (line := self.line()).startswith("END"):
            if line.startswith("PID"):
                pid = int(line.split()[1])
                if kill_after is not None:
                    threading.Timer(kill_after, _kill, (pid,)).start()
            else:
                said.append(line)
        assert not [one for one in said if one.startswith("WRONG")], said
        return said

    def acknowledged(self, order: str, **more: float) -> list[str]:
        return [one.split()[1] for one in self.run(order, **more) if one.startswith("ACK")]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "chuangwen.sqlite3") as database:
            return database.execute(query).fetchall()

    def sealed(self, digest: str) -> Path:
        return self.files / "sealed" / digest[:2] / digest[2:]

    def check(self, acknowledged: set[str]) -> None:
        """Nothing confirmed is lost, nothing half is visible, no row stands without its bytes."""
        told = dict(self.rows("SELECT sha256, size FROM archive_storedfile"))
        assert acknowledged <= told.keys()
        for digest, size in told.items():
            assert self.sealed(str(digest)).stat().st_size == size
        for path in (self.files / "sealed").rglob("*"):
            assert path.is_dir() or sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name
        bare = "SELECT id FROM archive_document WHERE id NOT IN (SELECT document_id FROM archive_documentfile)"
        assert self.rows(bare) == []
        lost = "SELECT id FROM archive_arrival WHERE problem='' AND (file_id IS NULL OR (document_id IS NULL AND twin_id IS NULL))"
        assert self.rows(lost) == []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def town(home: Path, prepare: str) -> Path:
    """A home whose database was made and filled by one line of Python."""
    environment = Nursery(home).environment
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", prepare], cwd=ROOT, env=environment, check=True)
    return home
