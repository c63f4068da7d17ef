"""The table of background work: each line is a function that takes some of what waits and says how much it did.

``run(limit, by=, at=)`` does up to ``limit`` pieces, each in its own transaction, harmless when repeated, and returns how
many; 0 means nothing waits. ``waiting(at)`` counts what waits; a job without it runs ``every`` so often instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from django.conf import settings

from chuangwen.doors.background import watching
from chuangwen.doors.messages.sending import State, send_due
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later
from chuangwen.records.archive import looking, previews, proving, reading, recognising, removal, uploading
from chuangwen.records.archive.storage import clean_leftovers
from chuangwen.records.ledger.verifying import verify
from chuangwen.records.township.gates import By
from chuangwen.work.cases.escalating import sweep

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class LedgerBroken(Refusal):
    """Somebody has altered the notes."""

    code = "ledger_broken"
    sentence = lasting("留痕断链：{why}请保存现场，用备份核对。")


class Work(Protocol):
    """What a line of the table does."""

    def __call__(self, limit: int, /, *, by: By, at: datetime) -> int: ...


class Lane(Enum):
    """How long somebody may wait for it: what must be on time, what somebody has just brought, what takes a night."""

    NOW = "now"
    FILES = "files"
    LONG = "long"


@dataclass(frozen=True)
class Line:
    """One kind of work. What stands in one ``lane`` never waits for another; ``real``: it goes by the machine's clock,

    not by the day on which a demo town lives.
    """

    name: str
    title: str
    run: Work
    waiting: Callable[[datetime], int] | None = None
    every: timedelta | None = None
    limit: int = 20
    lane: Lane = Lane.NOW
    real: bool = False


def sweep_cases(_limit: int, *, by: By, at: datetime) -> int:
    """Early warnings, overdue, escalation."""
    swept = sweep(by=by, at=at)
    return len(swept.warned) + len(swept.climbed) + len(swept.opened)


def send_notices(_limit: int, *, by: By, at: datetime) -> int:
    """Notices out by mail and group bots; each channel keeps its own pauses."""
    return sum(one.count for one in send_due(at=at) if one.state == State.SENT)


def verify_ledger(_limit: int, *, by: By, at: datetime) -> int:
    """Walk the chain; a broken link fails the job, loudly."""
    verdict = verify()
    if verdict.broken is not None:
        raise LedgerBroken(why=verdict.broken.sentence)
    return 1


def tidy_up(limit: int, *, by: By, at: datetime) -> int:
    """Remove what broken runs and given-up uploads have left on the disk for more than a day."""
    return clean_leftovers(settings.FILES, before=at - DAY) + uploading.expire(limit, by=by, at=at)


JOBS: tuple[Line, ...] = (
    Line("cases_sweep", later("到期预警和督办"), sweep_cases, every=10 * MINUTE),
    Line("notices_send", later("提醒外发"), send_notices, every=MINUTE, real=True),
    Line("watch", later("监看文件夹收件"), watching.take_watched, watching.waiting),
    Line(
        "uploads_finish", later("大文件收尾"), uploading.finish_waiting, uploading.waiting, lane=Lane.FILES, real=True
    ),
    Line("archive_read", later("读出文字"), reading.read_waiting, reading.count_waiting, lane=Lane.FILES),
    Line("archive_look", later("查看照片"), looking.look_at_waiting, looking.waiting, lane=Lane.FILES),
    Line("archive_preview", later("画出页面"), previews.make_waiting, previews.count_waiting, lane=Lane.FILES),
    Line(
        "archive_recognise",
        later("识别扫描件"),
        recognising.recognise_waiting,
        recognising.count_waiting,
        lane=Lane.LONG,
    ),
    Line("archive_check", later("核查原件"), proving.check_waiting, proving.waiting, lane=Lane.LONG),
    Line("archive_remove", later("删除已销毁的文件"), removal.remove_waiting, removal.waiting),
    Line("ledger_verify", later("核对留痕"), verify_ledger, every=DAY, lane=Lane.LONG),
    Line("tidy_up", later("清理临时文件"), tidy_up, every=DAY, limit=1000, real=True),
)
