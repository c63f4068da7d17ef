"""The child that reads files: ``python -m chuangwen.kernel.reading_apart SECONDS MEGABYTES`` (see ``kernel.apart``)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from chuangwen.kernel.apart import serve
from chuangwen.kernel.page_texts import ReadLimits, read_pages


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The pages of one file."""
    data = Path(question["path"]).read_bytes()
    return asdict(read_pages(data, question["name"], ReadLimits(**question["limits"])))


if __name__ == "__main__":
    serve(answer)
