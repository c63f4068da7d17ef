"""Reading any set of pack folders: what kind each is, every problem of all of them, in the order they need each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from chuangwen.kernel.packfiles import read_toml
from chuangwen.kernel.problems import Problem, Problems
from chuangwen.kernel.words import listed, say
from chuangwen.records.archive.checking import check_archive_words, check_terms, read_archive
from chuangwen.records.archive.definitions import ArchiveContent
from chuangwen.records.standards.checking import read_framework
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.township.checking import read_town, read_township
from chuangwen.records.township.definitions import TownPack, TownshipPack
from chuangwen.results.submission.checking import read_submission
from chuangwen.results.submission.definitions import SubmissionContent
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.definitions import CaseContent
from chuangwen.work.cases.fitting import check_words
from chuangwen.work.rotas.checking import check_roles, read_rotas
from chuangwen.work.rotas.definitions import RotaRow

ORDER = ("township", "framework", "town")
Pack = FrameworkPack | TownshipPack | TownPack


@dataclass(frozen=True)
class Checked:
    """One folder: its pack if nothing is wrong with it, its problems, its warnings."""

    folder: Path
    kind: str
    pack: Pack | None
    problems: Sequence[Problem]
    warnings: Sequence[Problem] = ()
    cases: CaseContent = field(default_factory=CaseContent)
    archive: ArchiveContent = field(default_factory=ArchiveContent)
    rotas: tuple[RotaRow, ...] = ()
    submission: SubmissionContent = field(default_factory=SubmissionContent)

    def as_data(self) -> dict[str, object]:
        """For ``packs check --json``."""
        head = self.pack.pack if self.pack else None
        return {
            "folder": self.folder.name,
            "kind": self.kind,
            "id": head.id if head else "",
            "edition": head.edition if head else "",
            "standing": head.standing if head else "",
            "problems": [problem.as_dict() for problem in self.problems],
            "warnings": [problem.as_dict() for problem in self.warnings],
        }


def check_folder(folder: Path) -> Checked:
    """One pack folder, whole."""
    problems = Problems()
    kind = str(read_toml(folder, "pack.toml", problems).get("kind", ""))
    if kind == "framework":
        pack, draft = read_framework(folder)
        return Checked(folder, kind, pack, list(draft.problems), list(draft.warnings))
    if kind == "township":
        township, found = read_township(folder)
        return _with_work(Checked(folder, kind, township, list(found)))
    if kind == "town":
        town, found = read_town(folder)
        return _with_work(Checked(folder, kind, town, list(found)))
    if not problems:
        what = say("kind 的值“{kind}”不对", kind=kind)
        problems.add(file="pack.toml", column="kind", what=what, cure=say("可用：framework、township、town。"))
    return Checked(folder, kind, None, list(problems))


def _with_work(one: Checked) -> Checked:
    """What the folder says about cases, rotas, the archive and the submission, with its problems."""
    problems = Problems(list(one.problems))
    told = replace(
        one,
        cases=read_content(one.folder, problems),
        archive=read_archive(one.folder, problems),
        submission=read_submission(one.folder, problems),
        rotas=read_rotas(one.folder, problems),
    )
    return replace(told, problems=list(problems), pack=None if problems else one.pack)


def check_folders(folders: Iterable[Path]) -> list[Checked]:
    """All folders, those first that others stand on; duties are checked against the frameworks among them."""
    checked = sorted((check_folder(folder) for folder in folders), key=_rank)
    frameworks = {one.pack.pack.id: one.pack for one in checked if isinstance(one.pack, FrameworkPack)}
    known = {one.pack.pack.id for one in checked if one.pack}
    checked = _with_words(checked)
    return [_with_requirements(one, frameworks, known) for one in checked]


def _with_words(checked: list[Checked]) -> list[Checked]:
    """Case types name roles, units, rotas and tables of categories that stand in any of the packs; rotas name roles."""
    roles = [row.id for one in checked if isinstance(one.pack, TownshipPack) for row in one.pack.roles]
    units = [row.code for one in checked if isinstance(one.pack, TownPack) for row in one.pack.organisations]
    everything = CaseContent(
        types=tuple(row for one in checked for row in one.cases.types),
        categories=tuple(row for one in checked for row in one.cases.categories),
        units=tuple(row for one in checked for row in one.cases.units),
        rungs=tuple(row for one in checked for row in one.cases.rungs),
    )
    rotas = [row.id for one in checked for row in one.rotas]
    kept = [one.pack.retention for one in checked if isinstance(one.pack, TownshipPack)]
    terms, ranges = [row.id for one in kept for row in one.classes], [row.what for one in kept for row in one.rules]
    told = []
    for one in checked:
        problems = Problems(list(one.problems))
        if roles and one.cases != CaseContent():
            check_words(one.cases, everything, roles, units, problems)
        check_archive_words(one.archive, terms, units, problems)
        check_terms(one.archive, ranges, terms, problems)
        if roles:
            check_roles(one.rotas, roles, problems)
            _check_rotas(one.cases, rotas, problems)
        told.append(replace(one, problems=list(problems), pack=None if problems else one.pack))
    return told


def _check_rotas(content: CaseContent, rotas: Sequence[str], problems: Problems) -> None:
    """The rotas that fields let propose somebody."""
    for one in content.types:
        for row in one.fields:
            if row.rota and row.rota not in rotas:
                what = say("没有轮值“{rota}”", rota=row.rota)
                cure = (
                    say("可用：{known}。", known=listed(rotas)) if rotas else say("请先在 rotas.toml 里写这一项轮值。")
                )
                name = f"cases/{one.type.id}.toml"
                problems.add(file=name, column=f"field.{row.id}.rota", what=what, cure=cure)


def _rank(one: Checked) -> tuple[int, str]:
    return (ORDER.index(one.kind) if one.kind in ORDER else len(ORDER), one.folder.name)


def _with_requirements(one: Checked, frameworks: dict[str, FrameworkPack], known: set[str]) -> Checked:
    """Problems that show only beside other packs: targets that no framework has."""
    if not isinstance(one.pack, TownPack):
        return one
    problems = Problems(list(one.problems))
    codes = {name: {row.code for row in pack.standards} for name, pack in frameworks.items()}
    types = {row.code for pack in frameworks.values() for row in pack.site_types}
    for line, duty in enumerate(one.pack.duties, start=2):
        framework, _, code = duty.target.partition(":")
        if framework in codes and code not in codes[framework]:
            what = say("{framework} 里没有“{code}”", framework=framework, code=code)
            problems.add(file="duties.csv", row=line, column="target", what=what, cure=say("请照抄测评体系里的编号。"))
    for line, site in enumerate(one.pack.sites, start=2):
        if types and site.type not in types:
            what = say("没有点位类型“{type}”", type=site.type)
            problems.add(
                file="sites.csv", row=line, column="type", what=what, cure=say("请照抄测评体系里的点位类型编号。")
            )
    if len(problems) == len(one.problems):
        return one
    return Checked(one.folder, one.kind, None, list(problems))


def folders_in(place: Path) -> list[Path]:
    """The pack folders of a folder (or the folder itself)."""
    if (place / "pack.toml").is_file():
        return [place]
    return sorted(path.parent for path in place.glob("*/pack.toml"))
