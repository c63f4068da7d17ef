"""What an installation has of its own before anything else: its secret key."""

import os
import subprocess
import sys
from pathlib import Path

from chuangwen.environment import own_secret

ROOT = Path(__file__).parents[1]
STARTS = "import sys; from pathlib import Path; from chuangwen.environment import own_secret; sys.stdin.read(); print(own_secret(Path(sys.argv[1])))"


def test_processes_that_start_at_once_in_a_new_home_have_one_secret(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, "-c", STARTS, str(tmp_path)]
    running = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(6)
    ]
    for one in running:
        assert one.stdin is not None
        one.stdin.close()
        one.stdin = None
    told = {one.communicate()[0].strip() for one in running}
    assert len(told) == 1
    assert len(told.pop()) > 60


def test_a_secret_that_a_dying_process_left_empty_is_made_anew_and_then_kept(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret.key").write_text("")
    first = own_secret(tmp_path)
    assert len(first) > 60
    assert own_secret(tmp_path) == first
    if os.name == "posix":
        assert (tmp_path / "keys" / "secret.key").stat().st_mode & 0o077 == 0
