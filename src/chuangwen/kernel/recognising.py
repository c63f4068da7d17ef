"""What recognition of pictures of pages needs and gives; the work itself is done by ``kernel.recognising_apart``."""

import importlib.util
from collections.abc import Sequence

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

Box = Sequence[Sequence[float]]


class NoRecognition(Refusal):
    """The extra is not installed."""

    code = "no_recognition"
    sentence = later(
        "本机没有安装文字识别组件，扫描件和照片里的文字暂时搜不到。请运行 make ocr 安装，装好后会自动补认。"
    )
    status = 409


class RecognitionOff(Refusal):
    """The operator keeps it off."""

    code = "recognition_off"
    sentence = later(
        "本机关着文字识别，扫描件和照片里的文字暂时搜不到。把 CHUANGWEN_OCR_WORKERS 改成 1 再启动，会自动补认。"
    )
    status = 409


def is_installed() -> bool:
    """Whether pages can be recognised on this machine; asks without loading anything."""
    return importlib.util.find_spec("rapidocr") is not None


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
        if last is not None and (piece[0] + piece[1]) / 2 < last[1] - (last[1] - last[0]) * 0.1:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return "\n".join(" ".join(text for *_, text in sorted(line, key=lambda one: one[2])) for line in lines)
