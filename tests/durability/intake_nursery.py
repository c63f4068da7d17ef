"""A nursery of intakes: loads the product once, then forks a child for every line it is told, to be killed at will.

Lines: ``add FOLDER BATCH [DIE_AT]`` takes a folder in and prints ``ACK digest`` for each thing; ``work`` drains the
background; ``seal OUT`` seals the submission, prints ``ACK digest``, gives it out and prints ``GAVE``; ``big BYTES`` takes one large file in and prints how much memory it took. The child kills itself at step
``DIE_AT`` of what it does to the disk and the database. ``PID n`` comes first, ``END n status`` when a child has ended.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")

import django

django.setup()

from django.db import connections  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from chuangwen.doors.background import watching  # noqa: E402
from chuangwen.doors.background.working import until_empty  # noqa: E402
from chuangwen.kit import clock  # noqa: E402
from chuangwen.records.archive.arriving import Incoming, Road, take_in  # noqa: E402
from chuangwen.records.archive.roads import expand  # noqa: E402
from chuangwen.records.ledger.actions import MACHINE  # noqa: E402
from chuangwen.records.township.models import Organisation  # noqa: E402
from chuangwen.results.submission.models import Submission  # noqa: E402
from chuangwen.results.submission.sealing_actions import give_out, seal  # noqa: E402


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def add(folder: str, batch: str) -> None:
    unit = Organisation.objects.get(code="office")
    for one in expand(Incoming(Path(folder).name, unit, Road.COMMAND, source=Path(folder))):
        came = take_in(one, batch, by=MACHINE, at=clock.real_now())
        say(f"ACK {came.sha256}")


def work() -> None:
    watching.REST_SECONDS = 0
    drained = until_empty(lambda turn: say(f"DID {turn.line.name} {turn.done}"))
    say(f"FAILED {drained.failed}" if drained.failed else "DRAINED")


def big(size: str) -> None:
    piece, before = os.urandom(1 << 20), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def pieces() -> Iterator[bytes]:
        yield b"%PDF-1.4\n"
        for _ in range(int(size) >> 20):
            yield piece

    unit = Organisation.objects.get(code="office")
    came = take_in(Incoming("大.pdf", unit, Road.COMMAND, source=pieces), "big", by=MACHINE, at=clock.real_now())
    say(f"ACK {came.sha256}")
    say(f"GREW {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}")


def seal_it(out: str) -> None:
    package = seal(Submission.objects.get(), by=MACHINE, at=clock.real_now(), despite="先报，缺项随后补")
    say(f"ACK {package.whole}")
    give_out(package, Path(out))
    say("GAVE")


def die_at(step: int) -> None:
    """Count every step on the disk and in the database; at the given one the process is gone."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **named)

        return call

    real_write = os.write
    os.write = lambda handle, data: real_write(handle, data) if handle == 1 else counted_write(handle, data)
    counted_write = counted(real_write)
    os.fsync = counted(os.fsync)
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    BaseDatabaseWrapper._commit = counted(BaseDatabaseWrapper._commit)  # type: ignore[method-assign]


def child(words: list[str]) -> None:
    connections.close_all()
    if words[0] == "add" and len(words) > 3:
        die_at(int(words.pop()))
    {"add": add, "work": work, "big": big, "seal": seal_it}[words[0]](*words[1:])


def main() -> None:
    say("READY")
    for line in sys.stdin:
        words = line.split()
        pid = os.fork()
        if not pid:
            try:
                child(words)
            except BaseException as wrong:
                say(f"WRONG {type(wrong).__name__} {wrong}")
                os._exit(1)
            os._exit(0)
        say(f"PID {pid}")
        if words[-1] != "&":
            say(f"END {pid} {os.waitpid(pid, 0)[1]}")


if __name__ == "__main__":
    main()
