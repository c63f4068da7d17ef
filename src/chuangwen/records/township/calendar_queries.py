"""For the time being."""

from chuangwen.kernel.workdays import WorkCalendar
from chuangwen.records.township.models import Holiday, OfficeSpan


def work_calendar() -> WorkCalendar:
    days = list(Holiday.objects.values_list("date", "kind", "name"))
    return WorkCalendar(
        spans=tuple((one.start, one.end) for one in OfficeSpan.objects.all()),
        off={d: n for d, k, n in days if k == "holiday"},
        made_up={d: n for d, k, n in days if k == "makeup"},
        statutory={d: n for d, k, n in days if k == "statutory"},
        covered=frozenset(d.year for d, k, n in days if k in ("holiday", "makeup")),
    )
