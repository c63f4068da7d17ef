"""The cast's cases: one small type with everything the engine knows, one guarded type, one ladder, one calendar."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from chuangwen.kernel.problems import Problems
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Holiday, OfficeSpan
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.installing import install_content
from tests.people import Cast

AT = datetime(2021, 10, 12, 1, 0, tzinfo=UTC)  # Tuesday 9:00 in China

MENDING = """
[type]
id = "mending"
title = "问题整改"
short = "整改"
letter = "整"
purpose = "发现的问题交办、整改、核查。"
public = true
categories = "urban"
unit = "street"
closing_proof = true
independent = true
ladder = "standard"
revisit = "10 日"
from_observation = true

[[field]]
id = "unit"
title = "责任单位"
kind = "unit"

[[field]]
id = "assist"
title = "协办单位"
kind = "units"

[[field]]
id = "person"
title = "经办人"
kind = "person"

[[field]]
id = "extension"
title = "申请延期"
kind = "term"

[[field]]
id = "category"
title = "类别"
kind = "category"

[[field]]
id = "owner"
title = "当事人"
kind = "text"
private = true
readers = ["office"]

[[state]]
id = "reported"
title = "待核实"
turn = ["inspector"]

[[state]]
id = "filed"
title = "待派遣"
turn = ["office"]

[[state]]
id = "handling"
title = "处置中"
turn = ["@lead"]

[[state]]
id = "asking"
title = "延期审批"
turn = ["office"]

[[state]]
id = "paused"
title = "挂账"
kind = "waiting"
turn = ["office"]

[[state]]
id = "checking"
title = "待核查"
turn = ["inspector"]

[[state]]
id = "done"
title = "已结案"
kind = "closed"
outcome = "done"

[[state]]
id = "declined"
title = "不予立案"
kind = "closed"
outcome = "declined"

[[clock]]
id = "check_first"
title = "核实时限"
term = "2 工作时"

[[clock]]
id = "handle"
title = "处置时限"
term = "3 工作日"
urgent = "2 紧急工作时"
extension = "3 工作日"
by_category = true

[[move]]
id = "report"
title = "上报"
to = "reported"
who = ["@resident", "@opener"]
does = "report"
starts = ["check_first"]

[[move]]
id = "find"
title = "登记"
to = "filed"
who = ["inspector", "office"]
does = "file"
fields = ["category", "owner"]

[[move]]
id = "confirm"
title = "核实立案"
from = ["reported"]
to = "filed"
who = ["inspector", "office"]
does = "file"
stops = ["check_first"]
bulk = true

[[move]]
id = "refuse"
title = "不予立案"
from = ["reported", "filed"]
to = "declined"
who = ["office"]
does = "decline"
note = "needed"
stops = ["check_first"]

[[move]]
id = "send"
title = "派遣"
from = ["filed"]
to = "handling"
who = ["office"]
does = "dispatch"
fields = ["unit", "assist", "person"]
starts = ["handle"]

[[move]]
id = "send_back"
title = "退件"
from = ["handling"]
to = "filed"
who = ["@lead"]
does = "return"
note = "needed"
stops = ["handle"]

[[move]]
id = "mend"
title = "报完成"
from = ["handling"]
to = "checking"
who = ["@lead", "@assist"]
does = "mend"
photos = 1
stops = ["handle"]

[[move]]
id = "ask"
title = "申请延期"
from = ["handling"]
to = "asking"
who = ["@lead"]
does = "ask_extension"
needs = ["extension"]
note = "needed"
once = true

[[move]]
id = "grant"
title = "同意延期"
from = ["asking"]
to = "handling"
who = ["office"]
does = "grant_extension"

[[move]]
id = "deny"
title = "不同意延期"
from = ["asking"]
to = "handling"
who = ["office"]
does = "refuse_extension"

[[move]]
id = "pause"
title = "挂账"
from = ["handling"]
to = "paused"
who = ["office"]
does = "pause"
note = "needed"
pauses = ["handle"]

[[move]]
id = "resume"
title = "恢复办理"
from = ["paused"]
to = "handling"
who = ["office"]
does = "resume"
resumes = ["handle"]

[[move]]
id = "accept"
title = "核查通过"
from = ["checking"]
to = "done"
who = ["inspector", "office", "@lead"]
does = "verify"
apart_from = ["mend"]
bulk = true

[[move]]
id = "redo"
title = "返工"
from = ["checking"]
to = "handling"
who = ["inspector", "office"]
does = "rework"
note = "needed"
starts = ["handle"]

[[move]]
id = "looked"
title = "回头看无反弹"
from = ["done"]
to = "="
who = ["inspector", "office"]
does = "revisit"

[[move]]
id = "again"
title = "反弹重办"
from = ["done"]
to = "handling"
who = ["inspector", "office"]
does = "relapse"
note = "needed"
starts = ["handle"]
"""

LEAD = """
[type]
id = "clue"
title = "问责线索"
short = "线索"
letter = "问"
purpose = "问责线索"
guard = "guarded"
conceals = "accused"

[[field]]
id = "accused"
title = "被反映单位"
kind = "unit"

[[state]]
id = "fresh"
title = "待研判"
turn = ["discipline"]

[[state]]
id = "over"
title = "了结"
kind = "closed"
outcome = "done"

[[move]]
id = "take"
title = "受理"
to = "fresh"
who = ["discipline", "@machine"]
does = "report"
fields = ["accused"]

[[move]]
id = "end"
title = "了结"
from = ["fresh"]
to = "over"
who = ["discipline"]
does = "close"
"""

ORDER = """
[type]
id = "order"
title = "督办"
short = "督办"
letter = "督"
purpose = "督办单"

[[state]]
id = "issued"
title = "待回复"
turn = ["@lead"]

[[state]]
id = "over"
title = "办结"
kind = "closed"
outcome = "done"

[[move]]
id = "issue"
title = "下达"
to = "issued"
who = ["office", "@machine"]
does = "dispatch"

[[move]]
id = "answer"
title = "回复"
from = ["issued"]
to = "over"
who = ["@lead"]
does = "reply"
"""

LADDER = """
[[rung]]
id = "remind"
title = "超期提醒"

[[rung]]
id = "order"
title = "督办单"
after = "1 工作日"
opens = "order"
tells = ["leader"]

[[rung]]
id = "discipline"
title = "移交纪检"
after = "3 工作日"
opens = "clue"
"""

CATEGORIES = """table,code,parent,title,term,urgent,campaign,unit
urban,01,,市容环境,,,sanitation,street
urban,0102,01,暴露垃圾,4 工作时,,sanitation,
urban,0401,,路面塌陷,,true,facilities,
"""


def write_pack(folder: Path, *more: str) -> Path:
    """The pack as files; ``more`` are further case types."""
    (folder / "cases").mkdir(parents=True)
    for text in (MENDING, LEAD, ORDER, *more):
        name = text.split('id = "')[1].split('"')[0]
        (folder / "cases" / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "escalation.toml").write_text(LADDER, encoding="utf-8")
    (folder / "categories.csv").write_text(CATEGORIES, encoding="utf-8")
    (folder / "case_units.csv").write_text("key,unit\nstreet,market\n", encoding="utf-8")
    return folder


def install(cast: Cast, folder: Path) -> Cast:
    """Let the small town have its cases."""
    problems = Problems()
    content = read_content(folder, problems)
    assert list(problems) == []
    OfficeSpan.objects.create(start=time(8, 30), end=time(12))
    OfficeSpan.objects.create(start=time(14, 30), end=time(17, 30))
    for day in range(1, 8):
        Holiday.objects.create(date=date(2021, 10, day), kind="holiday", name="国庆节")
    install_content("small", content, by=MACHINE, at=AT)
    return cast
