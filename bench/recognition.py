"""Pages a minute that character recognition reads, with one worker and with two (the extra ``ocr``)."""

import importlib.util
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from bench.archive_search import source
from bench.timing import row
from chuangwen.kernel.apart import Apart

IDS = ["ocr-one-worker", "ocr-two-workers"]
PAGES = 6
FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"


def scan(folder: Path) -> list[Path]:
    """Pages as an office scanner gives them: A4 at 200 dots an inch, 28 characters to the line, 22 lines."""
    text = "".join(source().split())
    pen = ImageFont.truetype(FONT, 44)
    made = []
    for number in range(PAGES):
        page = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(page)
        for line in range(22):
            start = (number * 22 + line) * 28
            draw.text((220, 290 + line * 80), text[start : start + 28], font=pen, fill=0)
        made.append(folder / f"{number}.jpg")
        page.save(made[-1], quality=70)
    return made


def pages_a_minute(pages: list[Path], workers: int) -> float:
    children = [Apart("chuangwen.kernel.recognising_apart", seconds=600, megabytes=6000) for _ in range(workers)]
    try:
        for child in children:
            child.ask({"path": str(pages[0]), "page": 0}, name="warm-up")
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            shares = [(child, pages[place::workers]) for place, child in enumerate(children)]
            told = list(
                pool.map(
                    lambda share: [share[0].ask({"path": str(one), "page": 0}, name=one.name) for one in share[1]],
                    shares,
                )
            )
        assert sum(len(answer["text"]) > 300 for share in told for answer in share) == len(pages)
        return len(pages) / (time.perf_counter() - begun) * 60
    finally:
        for child in children:
            child.close()


def measure() -> list[dict[str, Any]]:
    """Told as it is: pages a minute on this machine; the bar is only that a page takes less than a minute."""
    if importlib.util.find_spec("rapidocr") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        pages = scan(Path(folder))
        found = [pages_a_minute(pages, workers) for workers in (1, 2)]
    return [
        {
            **row(name, f"pages of 600 characters a minute, {count} worker(s), wall time", speed, None, 1),
            "met": speed >= 1,
        }
        for name, count, speed in zip(IDS, (1, 2), found, strict=True)
    ]
