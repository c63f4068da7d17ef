"""Losses in the words of the office: which standard, where exactly, how many failed of how many, what regains them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chuangwen.kernel.numerals import percent, plain
from chuangwen.kernel.words import later, say
from chuangwen.records.standards.definitions import FrameworkPack, scale_points
from chuangwen.results.scoring.arithmetic.losses import Loss, LostPart
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.queries import RoundScore
from chuangwen.results.scoring.working import Names, method_title

SHORT = 22
HOW = {
    "work": later("可以动手补"),
    "survey": later("等下次问卷"),
    "figure": later("等下期数据"),
    "definition": later("体系还没有写明看什么"),
    "locked": later("材料已锁定，补不回来"),
}


@dataclass(frozen=True)
class LossLine:
    """A loss as lists show it; amounts in points of the town's total, ``own`` in points of its system."""

    key: str
    system: str
    system_title: str
    edition: int
    standard: str
    label: str
    method: str
    where: str
    lead_code: str
    lead: str
    lost: float
    risk: float
    regain: float
    own: float
    days: float
    needs: str
    under_floor: bool
    loss: Loss

    @property
    def is_work(self) -> bool:
        """Whether somebody can regain it by work now; else ``how`` says what it waits for."""
        return self.needs == "work"

    @property
    def how(self) -> str:
        return say(HOW[self.needs])

    @property
    def link_key(self) -> str:
        """What a case's link to the standard is called."""
        return f"{self.edition}:{self.standard}"


def loss_lines(result: RoundScore, found: Sequence[Loss], units: Mapping[str, str]) -> list[LossLine]:
    """Losses as lines, in the order given; ``units`` gives short names by code."""
    packs = {one.pack: pack_of(one) for one in result.editions}
    tellers = {code: _Teller(result, code, pack) for code, pack in packs.items()}
    return [_line(result, tellers[one.system], one, units) for one in found]


def _line(result: RoundScore, teller: "_Teller", one: Loss, units: Mapping[str, str]) -> LossLine:
    edition = result.edition_of(one.system)
    return LossLine(
        key=one.key,
        system=one.system,
        system_title=edition.short_title,
        edition=edition.pk,
        standard=one.standard,
        label=f"{one.standard} {teller.names.standards[one.standard]}",
        method=method_title(one.method),
        where=teller.where(one),
        lead_code=one.lead,
        lead=units.get(one.lead, ""),
        lost=one.lost,
        risk=one.at_risk,
        regain=one.regain,
        own=one.own,
        days=one.effort_days,
        needs=one.needs,
        under_floor=one.under_floor,
        loss=one,
    )


class _Teller:
    """Tells where the losses of one system are."""

    def __init__(self, result: RoundScore, system: str, pack: FrameworkPack) -> None:
        self.names = Names(pack)
        self.measures = next(one for one in result.town.systems if one.code == system).scored.prepared.measures

    def where(self, loss: Loss) -> str:
        """The largest one or two parts in words, with the counts behind them."""
        told = [self._part(loss.method, part) for part in loss.parts[:2]]
        more = len(loss.parts) - len(told)
        tail = say("；另 {n} 处", n=more) if more > 0 else ""
        what = say("；").join(told)
        return say("{method}：{what}{tail}", method=method_title(loss.method), what=what, tail=tail)

    def _part(self, method: str, part: LostPart) -> str:
        text = self.names.text(method, part.thing)
        short = text if len(text) <= SHORT else text[: SHORT - 1] + "…"
        if method == "field" and part.site_type:
            return self._sites(part, short)
        if method in {"survey", "figure"} and part.thing:
            return self._rate(method, part, short)
        return say("{text}（未评）", text=short) if part.at_risk else short

    def _sites(self, part: LostPart, text: str) -> str:
        kind = self.names.types[part.site_type]
        if not part.at_risk:
            told = later("{kind}“{text}”：{seen} 处看了，{failed} 处不合格")
            return say(told, kind=kind, text=text, seen=part.seen, failed=part.failed)
        if not part.registered:
            return say("{kind}“{text}”：没有登记点位，本镇有没有还不知道", kind=kind, text=text)
        return say("{kind}“{text}”：{registered} 处都没看", kind=kind, text=text, registered=part.registered)

    def _rate(self, method: str, part: LostPart, text: str) -> str:
        counts = (self.measures.tallies if method == "survey" else self.measures.figures).get(part.thing)
        if counts is None:
            return say("{text}（没有数）", text=text)
        got, whole = (plain(one) for one in counts)
        rate, wanted = percent(float(counts[0]) / float(counts[1])), percent(self._full_at(part.thing), 0)
        told = later("{text}：{got} / {whole}（{rate}），满分要 {wanted}")
        return say(told, text=text, got=got, whole=whole, rate=rate, wanted=wanted)

    def _full_at(self, code: str) -> float:
        points = scale_points(self.names.scales[code])
        full = [rate for rate, value in points if value >= 1]
        return float(min(full) if full else points[-1][0])
