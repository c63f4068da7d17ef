"""How well texts answer to one another by the two-character grams they share (BM25), with the words that say why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chuangwen.kernel.chinese import search_fold, search_grams

K1, B = 1.2, 0.6
MOST_OF_A_GRAM = 4  # how often a gram of the asking text counts at the most


@dataclass(frozen=True)
class Target:
    """A text that may be answered to; parts that matter more are given several times."""

    key: str
    text: str


@dataclass(frozen=True)
class Match:
    """A target, how well it answers, and the words that both texts hold, the most telling first."""

    key: str
    score: float
    words: tuple[str, ...]


class GramWeights:
    """Targets made ready once: for each gram the targets that hold it and what it weighs in each."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.keys = [one.key for one in targets]
        self.folded = [search_fold(one.text) for one in targets]
        counts = [Counter(_plain_grams(text)) for text in self.folded]
        self.places: dict[str, int] = {}
        for found in counts:
            for gram in found:
                self.places.setdefault(gram, len(self.places))
        lengths = np.array([sum(found.values()) for found in counts], dtype=np.float64)
        mean = lengths.mean() if len(lengths) else 1.0
        rows, columns, weights = [], [], []
        for row, found in enumerate(counts):
            for gram, count in found.items():
                rows.append(row)
                columns.append(self.places[gram])
                weights.append(count * (K1 + 1) / (count + K1 * (1 - B + B * lengths[row] / mean)))
        order = np.argsort(np.array(columns, dtype=np.int64), kind="stable")
        self.rows = np.array(rows, dtype=np.int64)[order]
        self.weights = np.array(weights, dtype=np.float64)[order]
        held = np.bincount(np.array(columns, dtype=np.int64), minlength=len(self.places))
        self.starts = np.concatenate([[0], np.cumsum(held)])
        self.rarity: NDArray[np.float64] = np.log(1 + (len(targets) - held + 0.5) / (held + 0.5))

    def scores(self, text: str) -> NDArray[np.float64]:
        """How well each target answers to a folded text."""
        total = np.zeros(len(self.keys))
        for gram, count in Counter(_plain_grams(text)).items():
            place = self.places.get(gram)
            if place is not None:
                some = slice(self.starts[place], self.starts[place + 1])
                asked = 1 + np.log(min(count, MOST_OF_A_GRAM))
                total[self.rows[some]] += self.weights[some] * self.rarity[place] * asked
        return total

    def best(self, text: str, most: int) -> list[Match]:
        """The best targets that share anything with the text; equal ones in their own order."""
        folded = search_fold(text)
        scores = self.scores(folded)
        order = np.argsort(-scores, kind="stable")[:most]
        return [
            Match(self.keys[row], float(scores[row]), self.shared(int(row), folded)) for row in order if scores[row] > 0
        ]

    def shared(self, row: int, folded: str, most: int = 5) -> tuple[str, ...]:
        """The longest runs that a target has in common with a text, by how rare their grams are."""
        target = self.folded[row]
        runs: dict[str, float] = {}
        start = 0
        while start < len(target) - 1:
            end = start + 2
            if target[start:end] not in folded or not target[start:end].isalnum():
                start += 1
                continue
            while end < len(target) and target[end].isalnum() and target[start : end + 1] in folded:
                end += 1
            run = target[start:end]
            runs[run] = sum(self.rarity[self.places[gram]] for gram in search_grams(run))
            start = end - 1
        kept: list[str] = []
        for run in sorted(runs, key=lambda one: (-runs[one], one)):
            if not any(run in other for other in kept):
                kept.append(run)
        return tuple(kept[:most])


def _plain_grams(folded: str) -> list[str]:
    return [gram for gram in search_grams(folded) if gram.isalnum()]
