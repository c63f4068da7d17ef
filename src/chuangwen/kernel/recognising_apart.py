"""Reads pictures of pages: ``python -m chuangwen.kernel.recognising_apart SECONDS MEGABYTES`` (see ``kernel.apart``).

Stands on the extra ``ocr`` (RapidOCR, its models inside the wheel): nothing is fetched, nothing leaves the machine.
"""

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from chuangwen.kernel.apart import serve
from chuangwen.kernel.documents import BrokenDocument
from chuangwen.kernel.recognising import NoRecognition, in_lines

try:
    from rapidocr import RapidOCR
except ImportError:
    RapidOCR = None  # type: ignore[misc,assignment]

WIDE, MOST_TALL = 1654, 4  # A4 at 200 dots an inch


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


if __name__ == "__main__":
    serve(Recogniser(threads=1).answer)
