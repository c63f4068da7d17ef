"""A sealed zip: the same content gives the same bytes, plain sha256sum agrees, one changed byte anywhere shows."""

import io
import random
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chuangwen.kernel.manifests import MANIFEST, WHOLE, NotAPackage, listed, read_list, verify
from chuangwen.kernel.still_zip import StillZip

AT = datetime(2021, 10, 14, 1, 30, tzinfo=UTC)
FILES = {"1 标准/I-1-1-规范文件-01-办法.pdf": b"one" * 50, "目录.xlsx": b"two", "空.txt": b""}


def sealed(path: Path, files: dict[str, bytes] = FILES, at: datetime = AT) -> Path:
    """A package of these files."""
    with path.open("w+b") as file, StillZip(file, at) as out:
        digests = [(name, out.add(f"镇2021/{name}", iter([data]), len(data))) for name, data in files.items()]
        listing = listed(digests).encode()
        out.add(f"镇2021/{MANIFEST}", iter([listing]), len(listing))
        whole = listed([(MANIFEST, sha256(listing).hexdigest())]).encode()
        out.add(f"镇2021/{WHOLE}", iter([whole]), len(whole))
    return path


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
    return folder / "镇2021"


def test_the_same_content_at_the_same_moment_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = sealed(tmp_path / "a.zip"), sealed(tmp_path / "b.zip")
    assert one.read_bytes() == other.read_bytes()
    later = sealed(tmp_path / "c.zip", at=datetime(2022, 1, 1, tzinfo=UTC))
    assert later.read_bytes() != one.read_bytes()
    assert verify(later).whole == verify(one).whole


def test_a_whole_package_holds_as_a_zip_and_as_a_folder_and_by_plain_sha256sum(tmp_path: Path) -> None:
    package = sealed(tmp_path / "a.zip")
    folder = unpacked(package, tmp_path / "out")
    for path in (package, folder):
        found = verify(path)
        assert (found.holds, found.files, found.repacked) == (True, 3, False)
    for name in (MANIFEST, WHOLE):
        subprocess.run(["sha256sum", "-c", "--strict", name], cwd=folder, check=True, capture_output=True)
    digest = subprocess.run(["sha256sum", MANIFEST], cwd=folder, check=True, capture_output=True).stdout.split()[0]
    assert digest.decode() == verify(package).whole


def test_what_differs_is_missing_or_was_added_is_told_by_name(tmp_path: Path) -> None:
    folder = unpacked(sealed(tmp_path / "a.zip"), tmp_path / "out")
    (folder / "目录.xlsx").write_bytes(b"tw0")
    (folder / "空.txt").unlink()
    (folder / "多出.txt").write_bytes(b"new")
    found = verify(folder)
    assert (found.differs, found.missing, found.added) == (["目录.xlsx"], ["空.txt"], ["多出.txt"])
    assert not found.holds


def test_a_list_that_was_rewritten_to_fit_is_betrayed_by_the_whole(tmp_path: Path) -> None:
    folder = unpacked(sealed(tmp_path / "a.zip"), tmp_path / "out")
    (folder / "目录.xlsx").write_bytes(b"tw0")
    text = (folder / MANIFEST).read_text("utf-8")
    forged = text.replace(sha256(b"two").hexdigest(), sha256(b"tw0").hexdigest())
    (folder / MANIFEST).write_text(forged, encoding="utf-8")
    assert verify(folder).differs == [WHOLE]
    (folder / WHOLE).unlink()
    assert verify(folder).missing == [WHOLE]


def test_every_single_changed_byte_is_refused(tmp_path: Path) -> None:
    whole = sealed(tmp_path / "a.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    dice, passed = random.Random(1), []
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        bad.write_bytes(changed)
        try:
            if verify(bad).holds:
                passed.append(place)
        except NotAPackage:
            continue
    assert passed == []


def test_a_package_cut_short_or_grown_is_refused(tmp_path: Path) -> None:
    whole = sealed(tmp_path / "a.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    for data in (whole[:-1], whole + b"x", whole[: len(whole) // 2], b"", b"PK", b"no zip at all"):
        bad.write_bytes(data)
        try:
            assert not verify(bad).holds
        except NotAPackage:
            continue


def test_packed_anew_by_another_program_the_content_still_holds_and_it_is_said(tmp_path: Path) -> None:
    folder = unpacked(sealed(tmp_path / "a.zip"), tmp_path / "out")
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(tmp_path / "out"))
    found = verify(again)
    assert (found.holds, found.repacked) == (True, True)


def test_a_zip_without_a_list_is_no_package(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(NotAPackage, match=r"manifest\.sha256"):
        verify(tmp_path / "a.zip")
    with pytest.raises(NotAPackage):
        verify(tmp_path / "none.zip")


@given(some.dictionaries(some.text(min_size=1, max_size=30), some.binary(max_size=8), max_size=5))
def test_any_name_comes_back_from_the_list(files: dict[str, bytes]) -> None:
    files = {name.replace("\0", "0"): data for name, data in files.items() if name.isascii() or name.isprintable()}
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    assert read_list(listed(digests.items())) == digests


@pytest.mark.parametrize("text", ["x", "a" * 64, "a" * 64 + "  ", "A" * 64 + "  x", "g" * 64 + "  x"])
def test_what_is_no_list_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_list(text)


def test_a_large_file_goes_through_in_pieces() -> None:
    def pieces() -> Iterator[bytes]:
        yield from (bytes([n % 256]) * 1000 for n in range(300))

    with StillZip(io.BytesIO(), AT) as out:
        assert out.add("a", pieces(), 300_000) == sha256(b"".join(pieces())).hexdigest()
