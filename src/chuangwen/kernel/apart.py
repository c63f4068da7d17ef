"""Work that may crash, hang or swell, done in a child process: the parent asks by lines of JSON and always goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class TookTooLong(Refusal):
    """The child was stopped."""

    code = "took_too_long"
    sentence = lasting("“{file}”读了 {seconds} 秒还没读完，已停下。请另存一份、拆小后再传。")
    status = 422


class FellOver(Refusal):
    """The child died: a crash of a parser, or more memory than allowed."""

    code = "fell_over"
    sentence = lasting(
        "“{file}”读取时出错停下：文件可能已损坏，或读它要用的内存超过 {megabytes} MB。请另存一份后再传。"
    )
    status = 422


class Apart:
    """A child that runs ``python -m module`` and answers one question after another; made anew after it was stopped.

    ``seconds`` is the time for one question, ``megabytes`` the memory of the child, ``many`` the questions after which
    a fresh child takes over, so that nothing can pile up in it.
    """

    def __init__(self, module: str, *, seconds: int, megabytes: int, many: int = 100) -> None:
        self.module, self.seconds, self.megabytes, self.many = module, seconds, megabytes, many
        self.child: subprocess.Popen[bytes] | None = None
        self.asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def ask(self, question: dict[str, Any], *, name: str) -> dict[str, Any]:
        """The child's answer; TookTooLong or FellOver when none came."""
        child = self._child()
        self.asked += 1
        late = threading.Event()

        def stop() -> None:
            late.set()
            kill(child)

        timer = threading.Timer(self.seconds, stop)
        timer.start()
        try:
            line = _exchange(child, json.dumps(question).encode() + b"\n")
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self.close()
            if late.is_set():
                raise TookTooLong(file=name, seconds=self.seconds)
            raise FellOver(file=name, megabytes=self.megabytes)
        if self.asked >= self.many:
            self.close()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _child(self) -> subprocess.Popen[bytes]:
        if self.child is None:
            command = [sys.executable, "-m", self.module, str(self.seconds), str(self.megabytes)]
            self.asked = 0
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self.child

    def close(self) -> None:
        """Stop the child, if one runs."""
        if self.child is not None:
            kill(self.child)
            self.child.wait()
            for pipe in (self.child.stdin, self.child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            self.child = None


def _exchange(child: subprocess.Popen[bytes], question: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        return b""
    try:
        child.stdin.write(question)
        child.stdin.flush()
        return child.stdout.readline()
    except OSError:
        return b""


def kill(child: subprocess.Popen[bytes]) -> None:
    """Stop a process together with all that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def serve(answer: Answer) -> None:
    """The child's side: limits itself, then answers each line of the input with one line."""
    seconds, megabytes = (int(one) for one in sys.argv[1:3])
    _limit(megabytes)
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints goes elsewhere
    for line in sys.stdin.buffer:
        _alarm(seconds + 5)
        try:
            told = answer(json.loads(line))
        except Refusal as no:
            told = {"refused": no.code, "why": str(no)}
        out.write(json.dumps(told).encode() + b"\n")
        _alarm(0)


def _limit(megabytes: int) -> None:
    """Memory for this process and no files of more than 500 MB; Windows knows no such limits."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (500 << 20, 500 << 20))


def _alarm(seconds: int) -> None:
    """End this process by itself should the parent be gone when the time is up."""
    if os.name == "posix":
        signal.alarm(seconds)
