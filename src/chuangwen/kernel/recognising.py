"""Reads pictures of pages: ``python -m chuangwen.kernel.recognising SECONDS MEGABYTES`` (see ``kernel.apart``).

Stands on the extra ``ocr`` (RapidOCR, its models inside the wheel): nothing is fetched, nothing leaves the machine.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from chuangwen.kernel.apart import serve
from chuangwen.kernel.documents import BrokenDocument
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

try:
    from rapidocr import RapidOCR
except ImportError:
    RapidOCR = None  # type: ignore[misc,assignment]

WIDE, MOST_TALL = 1654, 4  # A4 at 200 dots an inch
Box = Sequence[Sequence[float]]


class NoRecognition(Refusal):
    """The extra is not installed."""

    code = "no_recognition"
    sentence = later(
        "本机没有安装文字识别组件，扫描件和照片里的文字暂时搜不到。请运行 make ocr 安装，装好后会自动补认。"
    )
    status = 409


def is_installed() -> bool:
    """Whether pages can be recognised on this machine; asks without loading anything."""
    return importlib.util.find_spec("rapidocr") is not None


class Recogniser:
    """The models, loaded with the first page."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.engine: Any = None

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The text of one page: of a picture, or of page ``page`` of a PDF."""
        if RapidOCR is None:
            raise NoRecognition
        if self.engine is None:
            threads = {"EngineConfig.onnxruntime.intra_op_num_threads": self.threads}
            self.engine = RapidOCR(params={**threads, "Global.log_level": "error", "Global.use_cls": False})
        found = self.engine(_picture(question))
        if found.boxes is None:
            return {"text": ""}
        return {"text": in_lines(found.boxes.tolist(), list(found.txts))}


def _picture(question: dict[str, Any]) -> Image.Image:
    path = Path(question["path"])
    try:
        if not question.get("page"):
            with Image.open(path) as picture:
                return ImageOps.exif_transpose(picture).convert("RGB")
        with pypdfium2.PdfDocument(path) as pdf:
            page = pdf[question["page"] - 1]
            wide, tall = page.get_size()
            drawn: Image.Image = page.render(
                scale=WIDE / max(wide, tall / MOST_TALL, 1.0), may_draw_forms=False
            ).to_pil()
            page.close()
            return drawn.convert("RGB")
    except (pypdfium2.PdfiumError, UnidentifiedImageError, OSError, ValueError, IndexError) as wrong:
        raise BrokenDocument(file=question["name"], kind=path.suffix) from wrong


def in_lines(boxes: Sequence[Box], texts: Sequence[str]) -> str:
    """Pieces of text in the order in which people read: from the top down, in a line from the left.

    >>> in_lines([[[90, 10], [120, 10], [120, 30], [90, 30]], [[10, 12], [80, 12], [80, 32], [10, 32]]], ["3号", "张政办"])
    '张政办 3号'
    """
    pieces = sorted(
        (
            (min(y for _, y in box), max(y for _, y in box), min(x for x, _ in box), text)
            for box, text in zip(boxes, texts, strict=True)
        ),
        key=lambda one: (one[0] + one[1]) / 2,
    )
    lines: list[list[tuple[float, float, float, str]]] = []
    for piece in pieces:
        last = lines[-1][0] if lines else None
        if last is not None and (piece[0] + piece[1]) / 2 < last[1] - (last[1] - last[0]) * 0.3:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return "\n".join(" ".join(text for *_, text in sorted(line, key=lambda one: one[2])) for line in lines)


if __name__ == "__main__":
    serve(Recogniser(threads=1).answer)
