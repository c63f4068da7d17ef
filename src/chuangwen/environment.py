"""What the machine tells the product: the home folder and the settings read from the environment.

Every reader refuses nonsense with a sentence instead of guessing.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chuangwen.kernel.locking import alone


class BadSetting(SystemExit):
    """A setting that cannot be used. It ends the start with one sentence and exit code 2."""

    def __init__(self, sentence: str) -> None:
        super().__init__(2)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


def read_flag(name: str, *, default: bool) -> bool:
    """A yes or no from the environment: ``1``/``true``/``yes`` or ``0``/``false``/``no``."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes"}:
        return True
    if text in {"0", "false", "no"}:
        return False
    raise BadSetting(f"环境变量 {name} 的值“{text}”看不懂，请写 1 或 0。")


def read_number(name: str, *, default: int, least: int = 0) -> int:
    """A whole number from the environment, not below ``least``."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < least:
        raise BadSetting(f"环境变量 {name} 的值“{text}”应为不小于 {least} 的整数。")
    return int(text)


def read_list(name: str, *, default: list[str]) -> list[str]:
    """Words separated by commas."""
    text = os.environ.get(name, "")
    return [word.strip() for word in text.split(",") if word.strip()] or default


def read_pairs(name: str) -> list[tuple[str, str]]:
    """Pairs ``folder=unit`` separated by commas."""
    pairs = [word.rpartition("=") for word in read_list(name, default=[])]
    if wrong := next(("".join(pair) for pair in pairs if not pair[0].strip() or not pair[2].strip()), ""):
        raise BadSetting(f"环境变量 {name} 的“{wrong}”看不懂，请写成 文件夹=单位编号，多个用逗号隔开。")
    return [(folder.strip(), unit.strip()) for folder, _, unit in pairs]


def home_folder() -> Path:
    """The one folder that holds all data: database, files, keys. Made on first use, readable by its owner only."""
    folder = Path(os.environ.get("CHUANGWEN_HOME") or "home").expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise BadSetting(f"数据目录 {folder} 是一个文件。请用 --home 或 CHUANGWEN_HOME 指一个文件夹。")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def own_secret(folder: Path) -> str:
    """The secret key of this installation: made on the first run, kept in the home folder.

    Of several processes that start at once all get the same; one that is killed leaves no half of it.
    """
    path = folder / "keys" / "secret.key"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if kept := _kept(path):
        return kept
    with alone(path.with_suffix(".lock")):
        if kept := _kept(path):
            return kept
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return _kept(path)


def _kept(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def database(folder: Path) -> dict[str, object]:
    """Django's DATABASES entry: SQLite in the home folder, or PostgreSQL by ``CHUANGWEN_DATABASE``.

    SQLite runs in WAL mode, takes the write lock at the start of a transaction (so nobody is told "database is
    locked" half-way; see ``chuangwen.sqlite``) and syncs at every commit: what is acknowledged is durable.
    """
    address = os.environ.get("CHUANGWEN_DATABASE", "").strip()
    if not address:
        return {
            "ENGINE": "chuangwen.sqlite",
            "NAME": folder / "chuangwen.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                "PRAGMA temp_store=MEMORY;",
            },
            "TEST": {"NAME": ":memory:"},
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("环境变量 CHUANGWEN_DATABASE 应写成 postgresql://用户:口令@主机:端口/库名。")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
    }
