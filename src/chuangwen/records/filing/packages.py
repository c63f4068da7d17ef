"""Writing the package of a hand-over (移交): originals by their codes, metadata, catalogue, list, digests, in a still zip."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from chuangwen.kernel.manifests import MANIFEST, WHOLE, listed
from chuangwen.kernel.names import tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.still_zip import StillZip, pieces_of
from chuangwen.kernel.words import later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import DocumentFile, StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.archive.rules import Rules
from chuangwen.records.filing import papers
from chuangwen.records.filing.models import Item
from chuangwen.records.ledger.models import Note

Watch = Callable[[Sequence[Item]], Iterable[Item]]
ORIGINALS, CATALOGUE, LIST, README = later("原件"), later("归档文件目录"), later("移交清单"), later("说明.txt")
Pieces = Iterable[bytes | memoryview]
Put = Callable[[str, Pieces, int], str]
XML, CSV = "metadata.xml", "metadata.csv"


class DamagedItem(Refusal):
    """What is damaged is not handed over as if it were whole."""

    code = "damaged_item"
    sentence = later("{code}“{name}”的原件{what}，没有生成移交包。请先从备份恢复这个文件。")


@dataclass(frozen=True)
class Head:
    """What the package says of itself."""

    title: str
    year: int
    receiver: str
    by: str
    at: datetime


@dataclass
class Packed:
    """What was written."""

    whole: str = ""
    digests: list[tuple[str, str]] = field(default_factory=list)
    files: dict[int, list[tuple[str, StoredFile]]] = field(default_factory=dict)


def write(out: BinaryIO, items: Sequence[Item], rules: Rules, head: Head, watch: Watch = iter) -> Packed:
    """Write the whole package; memory does not grow with the size of its files."""
    made = Packed()
    with StillZip(out, head.at) as packed:

        def put(path: str, pieces: Pieces, size: int) -> str:
            digest = packed.add(f"{head.title}/{path}", pieces, size)
            made.digests.append((path, digest))
            return digest

        for item in watch(items):
            made.files[item.pk] = list(_originals(item, put))
        for path, data in _papers(items, made, rules, head):
            put(path, [data], len(data))
        listing = listed(made.digests).encode()
        made.whole = sha256(listing).hexdigest()
        packed.add(f"{head.title}/{MANIFEST}", [listing], len(listing))
        told = listed([(MANIFEST, made.whole)]).encode()
        packed.add(f"{head.title}/{WHOLE}", [told], len(told))
    return made


def _originals(item: Item, put: Put) -> Iterator[tuple[str, StoredFile]]:
    rows: Sequence[DocumentFile] = item.document.current  # type: ignore[attr-defined] # set by ``with_files``
    for place, row in enumerate(rows, 1):
        path = f"{written(ORIGINALS)}/{tidy_name(item.code)}/{place:02d}-{tidy_name(row.name)}"
        if put(path, _read(item, row.file), row.file.size) != row.file.sha256:
            raise DamagedItem(code=item.code, name=row.name, what=written(later("已被改动")))
        yield path, row.file


def _read(item: Item, file: StoredFile) -> Iterator[memoryview]:
    try:
        yield from pieces_of(sealed_path(file))
    except OSError as wrong:
        raise DamagedItem(code=item.code, name=file.name, what=written(later("读不出来"))) from wrong


def _papers(items: Sequence[Item], made: Packed, rules: Rules, head: Head) -> Iterator[tuple[str, bytes]]:
    title = written(later("{year} 年{name}"), year=head.year, name=written(CATALOGUE))
    counted = [(one, len(made.files[one.pk])) for one in items]
    yield f"{written(CATALOGUE)}.xlsx", papers.catalogue_sheet(title, items, rules, at=head.at)
    yield f"{written(LIST)}.docx", papers.hand_over_word(facts_of(items, made, rules, head), counted, rules, at=head.at)
    yield XML, "".join(metadata_xml(items, made, rules, head)).encode()
    yield CSV, papers.catalogue_csv(items, rules)
    yield written(README), _readme(items, made, head)


def facts_of(items: Sequence[Item], made: Packed, rules: Rules, head: Head) -> list[tuple[str, str]]:
    """What stands at the head of the list."""
    files = [file for rows in made.files.values() for _, file in rows]
    terms = dict.fromkeys(one.retention.title for one in items)
    counts = (f"{title} {sum(one.retention.title == title for one in items)}" for title in terms)
    return [
        (written(later("移交单位")), rules.fonds.name if rules.fonds else ""),
        (written(later("接收单位")), head.receiver),
        (written(later("全宗号")), rules.fonds.code if rules.fonds else ""),
        (written(later("年度")), str(head.year)),
        (written(later("件数")), f"{len(items)}（{'、'.join(counts)}）"),
        (written(later("页数")), str(sum(one.pages or 0 for one in items) or "")),
        (written(later("电子文件")), written(later("{n} 个"), n=len(files))),
        (written(later("字节数")), f"{sum(one.size for one in files):,}"),
    ]


def metadata_xml(items: Sequence[Item], made: Packed, rules: Rules, head: Head) -> Iterator[str]:
    """The metadata as XML: the elements that the pack names, the files with digests, what happened to each document."""
    events: dict[str, list[Note]] = {}
    for note in Note.objects.filter(kind="document", key__in=[str(one.document_id) for one in items]).order_by(
        "number"
    ):
        events.setdefault(note.key, []).append(note)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<archive year={_said(head.year)} receiver={_said(head.receiver)} made={_said(head.at.isoformat())}>\n"
    for item in items:
        told = papers.facts_of(item, rules)
        yield f" <item code={_said(item.code)}>\n"
        for one in rules.metadata:
            yield f"  <{one.name}>{escape(_plain(told[one.key]))}</{one.name}>\n"
        for path, file in made.files[item.pk]:
            yield (
                f"  <file path={_said(path)} name={_said(file.name)} type={_said(file.media_type)}"
                f" bytes={_said(file.size)} sha256={_said(file.sha256)} received={_said(file.kept_at.isoformat())}/>\n"
            )
        for note in events.get(str(item.document_id), []):
            yield (
                f"  <event at={_said(note.at.isoformat())} what={_said(note.verb)} by={_said(note.name)}"
                f" unit={_said(note.organisation)}/>\n"
            )
        yield " </item>\n"
    yield "</archive>\n"


def _plain(text: str) -> str:
    return "".join(one for one in text if one in "\t\n\r" or ord(one) >= 0x20)


def _said(value: object) -> str:
    return quoteattr(_plain(str(value)))


TOLD = later(
    """{title}

生成时间：{moment}
生成人：{by}
接收单位：{receiver}
件数：{items}
文件数：{files}（另有清单两份）

一、里面有什么
原件：每件一个文件夹，以档号为名；里面是收到时的原件，一个字节也没有改。
移交清单.docx：交接双方签字盖章用。
归档文件目录.xlsx：全部归档文件的目录。
metadata.xml、metadata.csv：元数据；xml 里还有每个文件的指纹和每件经过的办理。
manifest.sha256：每个文件的 SHA-256 指纹；whole.sha256：这份清单的指纹，代表整个移交包。

二、怎样核验
不需要本系统，也不需要联网。解开压缩包，进入本文件所在的文件夹，运行
    sha256sum -c whole.sha256
    sha256sum -c manifest.sha256
每一行都是 OK（成功），就是一个字节也没有变。macOS 用 shasum -a 256 -c；Windows 用 PowerShell 的 Get-FileHash。
生成时已逐个核对原件的指纹，没有缺失和改动。
"""
)


def _readme(items: Sequence[Item], made: Packed, head: Head) -> bytes:
    text = written(
        TOLD,
        title=head.title,
        moment=f"{head.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        by=head.by,
        receiver=head.receiver,
        items=len(items),
        files=len(made.digests) + 1,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")
