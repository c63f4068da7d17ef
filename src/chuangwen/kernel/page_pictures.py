"""Pictures of PDF pages: ``python -m chuangwen.kernel.page_pictures SECONDS MEGABYTES`` (see ``kernel.apart``)."""

from pathlib import Path
from typing import Any

import pypdfium2

from chuangwen.kernel.apart import serve
from chuangwen.kernel.documents import BrokenDocument

MOST_TALL = 6  # a page is drawn at most so many times as tall as it is wide
QUALITY = 80


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Draw page ``page`` (from 1) of the PDF at ``path``, ``width`` pixels wide, into the file ``into``.

    Without ``page`` only the pages are counted.
    """
    try:
        with pypdfium2.PdfDocument(Path(question["path"])) as pdf:
            if question.get("page"):
                _draw(pdf, question)
            return {"pages": len(pdf)}
    except (pypdfium2.PdfiumError, ValueError, ArithmeticError, IndexError) as wrong:
        raise BrokenDocument(file=question["name"], kind="pdf") from wrong


def _draw(pdf: pypdfium2.PdfDocument, question: dict[str, Any]) -> None:
    page = pdf[question["page"] - 1]
    wide, tall = page.get_size()
    scale = question["width"] / max(wide, tall / MOST_TALL, 1.0)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    page.close()
    picture.save(question["into"], "JPEG", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    serve(answer)
