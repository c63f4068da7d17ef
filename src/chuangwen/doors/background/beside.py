"""A worker beside the web process on one machine: started with it, started again when it dies, ended with it."""

import os
import subprocess
import sys
import threading
from types import TracebackType

from django.conf import settings

_AGAIN_SECONDS = 5.0
_END_SECONDS = 20.0

# The web server forks while the worker is started from a thread. A fork in the middle of that would hold the pipes open
# by which we learn that the worker has begun, and by which the worker learns that we have ended: the two wait for each other.
_starting = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release)


class Worker:
    """``with Worker():`` keeps one ``chuangwen work`` running. It ends by itself when this process dies: its standard

    input, a pipe from here, then ends.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.process: subprocess.Popen[bytes] | None = None
        if wanted and hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._let_go)

    def __enter__(self) -> "Worker":
        if self.wanted:
            self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        if self.wanted:
            self.thread.join(_END_SECONDS + 5)

    def _keep(self) -> None:
        while not self.over.is_set():
            words = [sys.executable, "-m", "chuangwen", "work", "--beside", "--home", str(settings.HOME)]
            with _starting:
                self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            with self.process as process:
                while process.poll() is None and not self.over.wait(0.5):
                    pass
                if process.stdin is not None:
                    process.stdin.close()
                try:
                    process.wait(_END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            self.over.wait(_AGAIN_SECONDS)

    def _let_go(self) -> None:
        """In a process that was forked from ours: its copy of the pipe must not keep the worker alive."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
