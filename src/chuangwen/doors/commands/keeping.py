"""Backup and restore of the one data folder.

A backup is one zip: ``manifest.json`` (every file with size and SHA-256), the database as one consistent copy, the
files and the keys. It is written beside its final name and moved there when whole, so a broken run leaves none.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive.storage import ARRIVING

DATABASE = "chuangwen.sqlite3"
DUMP = "chuangwen.pgdump"
LEFT_OUT = {"static", "backups", "tmp"}
ON_THE_WAY = ("files", ARRIVING)  # not whole yet, not confirmed, gone the next moment
MANIFEST = "manifest.json"


class NotABackup(Refusal):
    """The file is no backup of this product, or was damaged."""

    code = "not_a_backup"
    sentence = later("{file} 不是创文的备份，或已损坏：{why}。没有恢复任何内容；请换一份备份。")


class FolderInUse(Refusal):
    """A restore must not overwrite a living town."""

    code = "folder_in_use"
    sentence = later("{home} 里已有数据库。恢复只写入空文件夹：请用 --home 另指一个，核对后再换过去。")


class DumpFailed(Refusal):
    """PostgreSQL's own tool is missing or said no."""

    code = "dump_failed"
    sentence = later("{tool} 没有成功：{why}。请在装有 PostgreSQL 客户端的机器上再试。")


def write_backup(home: Path, target: Path, database: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """Write one backup file; return its manifest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        copy = _copy_database(home, Path(scratch), database)
        half = Path(scratch) / "backup.zip"
        manifest: dict[str, Any] = {"made": at.isoformat(), "files": {}}
        with zipfile.ZipFile(half, "w", zipfile.ZIP_STORED) as archive:
            for name, path in [(copy.name, copy), *_other_files(home)]:
                archive.write(path, name, zipfile.ZIP_DEFLATED if path is copy else zipfile.ZIP_STORED)
                manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": _digest(path)}
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        half.replace(target)
    return manifest


def read_backup(source: Path, home: Path, database: dict[str, Any]) -> dict[str, Any]:
    """Put a backup into an empty home folder; every file's digest is checked before the first is moved there."""
    if (home / DATABASE).exists():
        raise FolderInUse(home=home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        manifest = _unpack(source, Path(scratch))
        for name in manifest["files"]:
            if name == DUMP:
                _run("pg_restore", ["--no-owner", "--dbname", _address(database), str(Path(scratch) / name)], database)
                continue
            place = home / name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(Path(scratch) / name, place)
    return manifest


def _copy_database(home: Path, scratch: Path, database: dict[str, Any]) -> Path:
    if "sqlite" not in database["ENGINE"]:
        dump = scratch / DUMP
        _run("pg_dump", ["--format=custom", "--file", str(dump), _address(database)], database)
        return dump
    copy = scratch / DATABASE
    with closing(sqlite3.connect(home / DATABASE)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _address(database: dict[str, Any]) -> str:
    named = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
    return " ".join(f"{key}={database[name]}" for key, name in named.items() if database.get(name))


def _run(tool: str, arguments: list[str], database: dict[str, Any]) -> None:
    if shutil.which(tool) is None:
        raise DumpFailed(tool=tool, why="找不到这个程序")
    environment = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD", ""))}
    done = subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DumpFailed(tool=tool, why=done.stderr.strip()[:300])


def _other_files(home: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home)
        if name.parts[:2] == ON_THE_WAY:
            continue
        if path.is_file() and name.parts[0] not in LEFT_OUT and not name.parts[0].startswith((DATABASE, "tmp")):
            yield name.as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, scratch: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            for name, told in manifest["files"].items():
                place = (scratch / name).resolve()
                if not place.is_relative_to(scratch.resolve()):
                    raise NotABackup(file=source, why=name)
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as packed, place.open("wb") as out:
                    shutil.copyfileobj(packed, out)
                if _digest(place) != told["sha256"]:
                    raise NotABackup(file=source, why=f"{name} 校验不符")
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise NotABackup(file=source, why=str(error)) from error
    return manifest
