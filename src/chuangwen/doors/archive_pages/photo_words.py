"""What the machine noticed about a photo, in sentences."""

from collections.abc import Mapping
from typing import Any

from chuangwen.kernel.numerals import percent
from chuangwen.kernel.words import later, say
from chuangwen.records.archive.models import Doubt, Question

SENTENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    Doubt.REUSED: (("agreeing", later("两张照片逐块比对，{agreeing} 的画面相同（指纹相差 {distance} 位）。")),),
    Doubt.EARLY: (
        ("taken", later("照片自称拍于 {taken}，早于 {year} 年度的材料期（{first} 至 {last}）。")),
        ("kept", later("照片收到于 {kept}，早于 {year} 年度的材料期（{first} 至 {last}）。")),
    ),
    Doubt.LATE: (
        ("clock", later("照片自称拍于 {taken}，比收到它的时间还晚：设备的时钟可能不准。")),
        ("taken", later("照片自称拍于 {taken}，晚于 {year} 年度的材料期（{first} 至 {last}）。")),
        ("kept", later("照片收到于 {kept}，晚于 {year} 年度的材料期（{first} 至 {last}）。")),
    ),
    Doubt.FAR: (("metres", later("照片自称的位置距“{place}”{metres} 米，超过 {most} 米。")),),
    Doubt.BLURRED: (("sharpness", later("清晰度 {sharpness}，低于 {least}：可能没有对准焦，或手抖。")),),
    Doubt.SQUEEZED: (
        ("earlier", later("曾经以约 {earlier} 的质量压缩过（低于 {least}），再存也不会变清楚。")),
        ("quality", later("压缩质量约 {quality}，低于 {least}。请找原图。")),
        ("side", later("长边只有 {side} 像素，少于 {least_side}。请找原图。")),
    ),
    Doubt.MARKED: (
        ("word", later("文件名或软件名里有“{word}”。")),
        ("written", later("画面上像是加了文字。")),
        ("drawn", later("像是截图或拼图，不像相机拍的照片。")),
    ),
}


def told(question: Question) -> list[str]:
    """One sentence for each thing noticed; of several that explain the same the first is told."""
    facts: dict[str, Any] = {**question.facts, "distance": question.distance}
    if "agreeing" in facts:
        facts["agreeing"] = percent(float(facts["agreeing"]), 0)
    found = [say(sentence, **facts) for key, sentence in SENTENCES[question.doubt] if facts.get(key)]
    return found if question.doubt in {Doubt.SQUEEZED, Doubt.MARKED} else found[:1]
