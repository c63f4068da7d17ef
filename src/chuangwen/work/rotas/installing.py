"""Installing what packs say about rotas. Idempotent; shifts that stand are left alone."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.work.rotas.definitions import RotaRow
from chuangwen.work.rotas.models import Rota


@transaction.atomic
def install_rotas(pack: str, rows: Sequence[RotaRow], *, own: bool, by: By, at: datetime) -> int:
    """Take in one pack's rotas; returns how many are new or changed.

    A town's ``own`` word for a rota stands over the general one of the same id, which leaves it alone from then on.
    """
    must(by, Permission.MANAGE_SYSTEM)
    count = sum(_install(pack, row, order, own=own) for order, row in enumerate(rows))
    if count:
        ledger.note(Thing("rotas", pack, later("轮值")), later("安装轮值"), by=by, at=at, after={"rotas": count})
    return count


def _install(pack: str, row: RotaRow, order: int, *, own: bool) -> bool:
    said = {**row.model_dump(exclude={"id"}), "order": order, "pack": pack}
    for key in ("days", "roles", "planners"):
        said[key] = list(said[key])
    old = Rota.objects.filter(code=row.id).first()
    if old is not None and old.pack != pack and not own:
        return False
    if old is not None and all(getattr(old, key) == value for key, value in said.items()):
        return False
    Rota.objects.update_or_create(code=row.id, defaults=said)
    return True
