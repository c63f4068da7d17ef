"""The frame of every page: the town's name, the navigation that this person may use, the round that is open."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse

from chuangwen.doors.site.frame import Choice, Entry, Frame, Group
from chuangwen.kernel.figures import Figure, FigureKind, day_text
from chuangwen.kernel.words import later, say
from chuangwen.kit import clock
from chuangwen.kit.doors import access_of
from chuangwen.kit.rows import how_many
from chuangwen.records.archive.queries import held_for_secrecy
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.queries import rounds, speaking_of, speaking_round
from chuangwen.records.notices.queries import UNREAD, unread_by
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Person, Town
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import kept_town
from chuangwen.work.cases.queries import owed_by
from chuangwen.work.cases.standing import MINE

ROUND = "round"
OFFERED = 12
ALARM = later(
    "“{title}”标有“{mark}”，已停止使用。本系统不得存放涉密文件，请立即按保密规定处理，或写明理由确认它并非涉密。"
)
ALARMS = 3
SEARCHED = (
    Permission.SEE_FRAMEWORK,
    Permission.SEE_ARCHIVE,
    Permission.SEE_CASES,
    Permission.SEE_ROWS,
    Permission.SEE_PEOPLE,
)


@dataclass(frozen=True)
class Door:
    """One page of the navigation: who sees it decides the permission that the page itself asks for.

    ``under`` names pages with another address that are reached through it.
    """

    label: str
    url: str
    icon: str
    needs: Permission | None = None
    short: str = ""
    thumb: bool = False
    jump: str = ""
    under: tuple[str, ...] = ()


NAVIGATION: tuple[tuple[str, tuple[Door, ...]], ...] = (
    (
        "",
        (
            Door(later("首页"), "home", "home", None, thumb=True, jump="h"),
            Door(later("要办的事"), "cases", "inbox", Permission.SEE_CASES, later("要办"), thumb=True, jump="c"),
            Door(later("我的责任"), "my_duties", "duty", Permission.SEE_DUTIES, later("责任"), jump="m"),
        ),
    ),
    (
        later("测评"),
        (
            Door(later("测评体系"), "framework", "tree", Permission.SEE_FRAMEWORK, later("体系"), thumb=True, jump="f"),
            Door(later("责任分解"), "duties", "duty", Permission.SEE_DUTIES, jump="d"),
            Door(later("测评轮次"), "rounds", "round", Permission.SEE_SCORE, jump="r"),
            Door(later("少失分"), "losses", "loss", Permission.SEE_SCORE, later("失分"), thumb=True, jump="l"),
            Door(later("村与点位"), "villages", "flag", Permission.SEE_SCORE, jump="v"),
        ),
    ),
    (
        later("工作"),
        (
            Door(later("登记事项"), "case_new", "plus", Permission.WORK_CASES, later("登记"), thumb=True, jump="n"),
            Door(later("办理统计"), "case_figures", "survey", Permission.SEE_CASES, jump="s"),
            Door(later("轮值安排"), "rotas", "calendar", Permission.SEE_CASES, later("轮值"), jump="w"),
            Door(later("实施方案"), "plan", "plan", Permission.SEE_PLAN, jump="p"),
            Door(later("实地观测"), "observations", "visit", Permission.SEE_ROWS, jump="o"),
            Door(later("材料评定"), "materials", "file", Permission.SEE_ROWS),
            Door(later("资料档案"), "archive", "file", Permission.SEE_ARCHIVE, jump="a", under=("submission",)),
            Door(later("问卷与统计"), "answers", "survey", Permission.SEE_ROWS),
        ),
    ),
    (
        later("管理"),
        (
            Door(later("单位与人员"), "people", "people", Permission.SEE_PEOPLE),
            Door(later("内容包"), "packs", "table", Permission.SEE_FRAMEWORK),
            Door(later("工作日历"), "calendar", "calendar", Permission.MANAGE_SYSTEM),
            Door(later("体检"), "doctor", "good", Permission.SEE_FRAMEWORK),
            Door(later("操作留痕"), "ledger", "history", Permission.SEE_LEDGER),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``frame`` (and ``town``), made on first use in a template."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"frame": Frame(product=say("创文"), mark=say("创"))}
    town = kept_town()
    owed, unread, held = _counts(actor) if actor.person else (0, 0, 0)
    return {
        "frame": Frame(
            product=say("创文"),
            mark=say("创"),
            town=town.name if town else "",
            unit=actor.organisation.short if actor.organisation else "",
            person=actor.name,
            groups=_groups(actor, request.path, _own(MINE, owed, actor)) if actor.person else (),
            choices=_choices(request) if actor.person and actor.may(Permission.SEE_ROWS) else (),
            search_link=_link("search") if any(actor.may(one) for one in SEARCHED) else "",
            notices_link=_link("notices") if actor.person else "",
            notices=_own(UNREAD, unread, actor),
            demo=_demo(town),
            alarms=_alarms(actor) if held else (),
        ),
        "town": town,
    }


def _counts(actor: Actor) -> tuple[int, int, int]:
    """How many things this person owes and has not read, and how many marks of secrecy wait, in one query."""
    counts = {
        "owed": how_many(owed_by(actor)),
        "unread": how_many(unread_by(actor.person_id)),
        "held": how_many(held_for_secrecy(actor)),
    }
    found = Person.objects.filter(pk=actor.person_id).annotate(**counts).values_list(*counts)
    return next(((one or 0, two or 0, three or 0) for one, two, three in found), (0, 0, 0))


def _own(kind: FigureKind, count: int, actor: Actor) -> Figure | None:
    """A count of what is this person's; nothing is not told."""
    return Figure(kind, count, f"person:{actor.username}", day_text(clock.today())) if count else None


def _alarms(actor: Actor) -> list[str]:
    """Documents that must not be here, the newest first."""
    rows = held_for_secrecy(actor)[:ALARMS]
    return [say(ALARM, title=one.document.title, mark=one.value) for one in rows]


def _groups(actor: Actor, path: str, owed: Figure | None) -> list[Group]:
    groups = []
    for label, doors in NAVIGATION:
        entries = [_entry(door, path, owed) for door in doors if _opens(door, actor)]
        if entries:
            groups.append(Group(say(label) if label else "", entries))
    return groups


def _opens(door: Door, actor: Actor) -> bool:
    """What the page itself asks for decides; the door may ask for more, so as not to stand before an empty page."""
    if door.needs is not None and not actor.may(door.needs):
        return False
    return all(actor.may(one) for one in _asked_by(door.url))


@cache
def _asked_by(name: str) -> tuple[str, ...]:
    access = access_of(resolve(reverse(name)).func)
    return access.permissions if access else ()


def _entry(door: Door, path: str, owed: Figure | None) -> Entry:
    link = _link(door.url)
    figure = owed if door.url == "cases" else None
    return Entry(
        label=say(door.label),
        link=link,
        icon=door.icon,
        figure=figure,
        tone="bad" if figure else "",
        current=path == link
        or (link not in {"/", _link("cases")} and path.startswith((link, *map(_link, door.under)))),
        thumb=door.thumb,
        short=say(door.short) if door.short else "",
        jump=door.jump,
    )


def _link(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return "#"


def _choices(request: HttpRequest) -> list[Choice]:
    now = chosen_round(request)
    return [
        Choice(
            label=one.title,
            link=f"{reverse('choose_round')}?round={one.code}",
            note=say("已封存") if one.closed_at else say("进行中"),
            current=now is not None and one.pk == now.pk,
        )
        for one in _offered(request)
    ]


def _offered(request: HttpRequest) -> list[Round]:
    """The newest rounds, read once for a request."""
    kept: list[Round] | None = getattr(request, "offered_rounds", None)
    if kept is None:
        kept = list(rounds()[:OFFERED])
        request.offered_rounds = kept  # type: ignore[attr-defined]
    return kept


def chosen_round(request: HttpRequest) -> Round | None:
    """The round this person looks at: the one chosen in the head, else the one that speaks for the town."""
    offered, today = _offered(request), clock.today()
    code = request.session.get(ROUND) if hasattr(request, "session") else None
    if code:
        chosen = next((one for one in offered if one.code == code), None) or rounds().filter(code=code).first()
        if chosen is not None:
            return chosen
    return speaking_of(offered, today) if len(offered) < OFFERED else speaking_round(today)


def _demo(town: Town | None) -> str:
    if town is None or not town.demo:
        return ""
    return say(
        "演示数据：单位、村名属实，人员和考察结果是按种子生成的；日期停在 {day}。", day=f"{clock.today():%Y-%m-%d}"
    )


def chosen_edition(request: HttpRequest) -> Edition | None:
    """The main edition of the round looked at; before the first round, the newest edition installed."""
    found = chosen_round(request)
    if found is not None:
        return found.edition
    return Edition.objects.defer("content").order_by("-installed_at", "-pk").first()
