"""Throw broken bytes at every reader of files that strangers send: a reader refuses with a sentence or reads, nothing else.

``make fuzz`` runs all of them for a minute together; by hand an hour: ``.venv/bin/python tools/fuzz.py --seconds 3600``,
one alone: ``--only mail``, one input again: ``--only mail --again FILE``. Where Atheris is installed the bytes are guided
by coverage, elsewhere they are seeds with random damage. A new reader is one more function below, under ``@reader``.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
FOUND = ROOT / ".cache" / "fuzz"
HANG_SECONDS, MOST_MB, MOST_BYTES = 20, 2500, 65_536
AT_ONCE = 2
Run = Callable[[bytes], object]
Loaded = tuple[Run, list[bytes]]
READERS: dict[str, Callable[[], Loaded]] = {}


def reader(load: Callable[[], Loaded]) -> Callable[[], Loaded]:
    """A reader: a function that imports it and gives what to call with the bytes, and seeds that it reads."""
    READERS[load.__name__] = load
    return load


@reader
def kinds() -> Loaded:
    from tests.samples import TAKEN

    from chuangwen.kernel.kinds import kind_of

    names = ["a.txt", "a.eml", "a.csv", "a.html", "a.mp3", "a.mov", "a.wps", "a.svg", "a"]
    return (
        lambda data: kind_of(data[1:], names[data[0] % len(names)]) if data else None,
        [bytes([place]) + data for place, (_, data) in enumerate(TAKEN.values())],
    )


@reader
def zips() -> Loaded:
    from tests.samples import TAKEN, zipped

    from chuangwen.kernel.unzip import look_at_zip, name_of

    def run(data: bytes) -> None:
        look = look_at_zip(data, name="a.zip")
        for info in look.infos:
            name_of(info)
            for _piece in look.stream(info):
                pass

    return run, [zipped({"资料/a.txt": b"a" * 50, "b.bin": bytes(range(256))}), TAKEN["方案.docx"][1]]


@reader
def mails() -> Loaded:
    from tests.samples import MAIL, a_mail, word, zipped

    from chuangwen.kernel.mails import read_mail

    inner = a_mail(("a.zip", zipped({"a": b"b"})))
    return lambda data: read_mail(data, "a.eml").as_text(), [MAIL, a_mail(("方案.docx", word()[:200])), inner]


@reader
def roads() -> Loaded:
    _django()
    from tests.samples import MAIL, a_mail, zipped

    from chuangwen.kernel.refusal import Refusal
    from chuangwen.records.archive.arriving import Incoming
    from chuangwen.records.archive.roads import expand
    from chuangwen.records.township.models import Organisation

    unit, names = Organisation(code="a"), ["a.zip", "a.eml", "a"]

    def run(data: bytes) -> None:
        for one in expand(Incoming(names[data[0] % 3] if data else "a", unit, source=lambda: iter([data[1:]]))):
            try:
                for _piece in one.pieces():
                    pass
            except Refusal:
                continue

    inner = zipped({"里.zip": zipped({"b.txt": b"b"}), "c.eml": MAIL, "a.txt": b"a"})
    return run, [b"\0" + inner, b"\1" + MAIL, b"\1" + a_mail(("a.zip", inner))]


@reader
def sheets() -> Loaded:
    from tests.samples import workbook

    from chuangwen.kernel.sheets import read_table

    return lambda data: read_table(data, name="a.xlsx"), [workbook(), "点位,结果\n东门,3\n".encode("gbk")]


@reader
def documents() -> Loaded:
    from tests.samples import BLANK_PDF, word

    from chuangwen.kernel.documents import read_document

    names = ["a.docx", "a.pdf", "a.html", "a.txt"]
    return (
        lambda data: read_document(data[1:], names[data[0] % 4]) if data else None,
        [b"\0" + word(), b"\1" + BLANK_PDF, b"\2<html><p>a</p></html>", b"\3text"],
    )


@reader
def photos() -> Loaded:
    from tests.samples import TAKEN

    from chuangwen.records.photos.pictures import read_photo

    return lambda data: read_photo(data, "a.jpg"), [data for _, (kind, data) in TAKEN.items() if kind in _PHOTOS]


_PHOTOS = {"jpg", "png", "webp", "gif", "bmp", "tif"}


def _django() -> None:
    os.environ.setdefault("CHUANGWEN_HOME", tempfile.mkdtemp())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")
    import django

    django.setup()


def guarded(run: Run) -> Run:
    """A refusal is an answer; anything else is a fault."""
    from chuangwen.kernel.refusal import Refusal

    def call(data: bytes) -> None:
        try:
            run(data)
        except Refusal as no:
            str(no)

    return call


def fuzz(name: str, seconds: int) -> None:
    """One reader for so long, in this process; a fault ends it with its input kept under .cache/fuzz."""
    folder = FOUND / name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import atheris
    except ImportError:
        _by_damage(name, folder, seconds)
        return
    with atheris.instrument_imports(include=["chuangwen", "email", "zipfile"]):
        run, seeds = READERS[name]()
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    words = [f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MOST_MB}"]
    words += [f"-max_len={MOST_BYTES}", f"-artifact_prefix={FOUND}/{name}-"]
    atheris.Setup([sys.argv[0], *words, str(folder)], guarded(run))
    atheris.Fuzz()


def _by_damage(name: str, folder: Path, seconds: int) -> None:
    """Seeds with random damage; slower to find things, needs nothing."""
    run, seeds = READERS[name]()
    call, dice, end = guarded(run), random.Random(), time.monotonic() + seconds
    count = 0
    signal.signal(signal.SIGALRM, _hang)
    for data in _damaged(seeds, dice):
        if time.monotonic() > end:
            break
        kept = folder / "last"
        kept.write_bytes(data)
        signal.alarm(HANG_SECONDS)
        call(data)
        signal.alarm(0)
        count += 1
    print(f"Done {count} runs")


def _hang(*_: object) -> None:
    raise TimeoutError(f"longer than {HANG_SECONDS} s")


def _damaged(seeds: list[bytes], dice: random.Random) -> Iterator[bytes]:
    while True:
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.choice([0, 1, 1, 2, 4, 16])):
            place = dice.randrange(len(data) + 1)
            how = dice.randrange(5)
            if how == 0 and place < len(data):
                data[place] = dice.randrange(256)
            elif how == 1:
                data[place:place] = dice.randbytes(dice.randrange(1, 9))
            elif how == 2:
                del data[place : place + dice.randrange(1, 65)]
            elif how == 3:
                other = dice.choice(seeds)
                start = dice.randrange(len(other) + 1)
                data[place:place] = other[start : start + dice.randrange(1, 257)]
            else:
                data[place : place + 4] = dice.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x01\0\0\0"])
        yield bytes(data[:MOST_BYTES])


def _alone(name: str, seconds: int) -> tuple[str, int, str]:
    words = [sys.executable, __file__, "--only", name, "--seconds", str(seconds), "--here"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    return name, done.returncode, done.stdout + done.stderr


def main() -> int:
    """All readers, two at a time, in processes of their own; 1 when one of them broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30, help="all readers together (one alone with --only)")
    parser.add_argument("--only", choices=sorted(READERS), help="one reader")
    parser.add_argument("--again", metavar="FILE", help="one input")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.again:
        run, _seeds = READERS[said.only]()
        guarded(run)(Path(said.again).read_bytes())
        return 0
    if said.here:
        fuzz(said.only, said.seconds)
        return 0
    names = [said.only] if said.only else list(READERS)
    each = said.seconds if said.only else max(2, said.seconds * AT_ONCE // len(names))
    broken = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, code, told in pool.map(lambda one: _alone(one, each), names):
            runs = next((line for line in reversed(told.splitlines()) if line.startswith("Done")), "")
            print(f"{name}: {'broken' if code else 'whole'}, {each} s, {runs}")
            if code:
                broken += 1
                print(told[-4000:])
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
