"""The observations as a table that can be taken in again: every row with its counts, its time and whether it still counts."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chuangwen.doors.evaluation_pages.measure_views import LISTING, round_or_refuse
from chuangwen.doors.packs.observing import checks_by_key
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.words import later, say, written
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.records.measures import queries
from chuangwen.records.measures.models import Observation, Round
from chuangwen.records.measures.observation_cells import SUPERSEDED
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


@require_safe
@needs(Permission.SEE_ROWS, Permission.EXPORT_LISTS)
def observations_export(request: TownRequest) -> HttpResponse:
    """The rows that the page lists, as Excel."""
    round_ = round_or_refuse(request)
    rows = queries.observations_visible_to(request.actor).filter(round=round_)
    return listing_of(round_).export(rows, request.GET, title=say("实地观测"), write=workbook)


def listing_of(round_: Round) -> Listing[Observation]:
    """The page's list with the columns of the table: a check by the code that the import knows it by in this round."""
    keys = {check.pk: key for key, check in checks_by_key(round_).items()}

    def check_of(row: Observation) -> str:
        return f"{keys[row.check_item_id]} {row.check_item.text}"

    return Listing(
        columns=[
            Column("seen", later("时间"), lambda row: f"{timezone.localtime(row.seen_at):%Y-%m-%d %H:%M}", "seen_at"),
            Column("site", later("点位"), lambda row: f"{row.site.code} {row.site.name}", "site__code"),
            Column("unit", later("所属单位"), lambda row: row.site.organisation.name, "site__organisation__order"),
            Column("check", later("考察内容"), check_of, "check_item__position"),
            Column("result", later("结果"), lambda row: row.word(written), "result"),
            Column("count", later("次数/总数"), lambda row: row.counted),
            Column("value", later("得分率"), lambda row: None if row.value is None else row.value / 10000, "value"),
            Column("who", later("考察人"), lambda row: row.seen_by, "seen_by"),
            Column("note", later("备注"), lambda row: row.note),
            Column("photo", later("照片"), lambda row: row.photo),
            Column("state", later("状态"), lambda row: "" if row.counts else SUPERSEDED),
        ],
        sort=LISTING.sort,
        search=LISTING.search,
        filters=LISTING.filters,
        narrow=LISTING.narrow,
    )
