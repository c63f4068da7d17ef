"""Who is told what, once; who may set up the ways out; what the ledger says of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.people import AT, Cast

from chuangwen.kernel.sealing import CannotUnseal
from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices import actions, outbox, queries
from chuangwen.records.notices.actions import ChannelIncomplete, Told, Way
from chuangwen.records.notices.models import Channel, Notice, Service
from chuangwen.records.township.models import Assignment
from chuangwen.records.township.permissions import Scope

WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-4bc4"


def told(number: int = 1, kind: str = "assigned") -> Told:
    return Told(kind, f"第 {number} 件事", f"/cases/{number}/", ("case", str(number)), f"case:{number}:{kind}")


def ids(cast: Cast, *names: str) -> list[int]:
    return [cast.people[name].pk for name in names]


def way(**changed: object) -> Way:
    return Way(**{"title": "全镇创文群", "service": Service.WECOM, "address": WEBHOOK, **changed})  # type: ignore[arg-type]


def test_telling_twice_tells_once(cast: Cast, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(2):
        assert actions.tell(ids(cast, "liufang", "wangjianguo"), told(), by=MACHINE, at=AT) == 2
    assert actions.tell(ids(cast, "liufang", "zhangqiang"), told(), by=MACHINE, at=AT + timedelta(days=1)) == 1
    assert queries.unread_by(cast.people["liufang"].pk).count() == 1
    assert actions.tell([], told(2), by=MACHINE, at=AT) == 0


def test_nobody_is_told_of_the_own_doing(cast: Cast) -> None:
    assert actions.tell(ids(cast, "limin", "liufang"), told(), by=cast.actor("limin"), at=AT) == 1
    assert not queries.unread(cast.people["limin"]).exists()


def test_a_notice_is_undone_with_the_change_that_caused_it(cast: Cast) -> None:
    with transaction.atomic():
        actions.tell(ids(cast, "liufang"), told(), by=MACHINE, at=AT)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("link", ["https://elsewhere.example.org/", "//elsewhere", "cases/1/"])
def test_a_notice_never_leads_outside_the_site(cast: Cast, link: str) -> None:
    with pytest.raises(ValueError, match="inside the site"):
        Told("assigned", "看看", link, ("case", "1"), "m")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(person=cast.people["liufang"], kind="assigned", text="看看", link=link, mark="m", at=AT)


def test_a_notice_is_of_a_known_kind_and_says_something() -> None:
    with pytest.raises(ValueError, match="gossip"):
        told(kind="gossip")
    with pytest.raises(ValueError, match="says something"):
        Told("assigned", " ", "", ("case", "1"), "m")


def test_people_read_and_mark_their_own_notices_only(cast: Cast) -> None:
    for number in (1, 2, 3):
        actions.tell(ids(cast, "liufang", "zhangqiang"), told(number), by=MACHINE, at=AT + timedelta(hours=number))
    liufang, zhangqiang = cast.people["liufang"], cast.people["zhangqiang"]
    mine = list(queries.notices_of(liufang))
    assert [one.thing_key for one in mine] == ["3", "2", "1"]
    assert actions.mark_read(zhangqiang, [one.pk for one in mine], at=AT) == 0
    assert actions.mark_read(liufang, [mine[0].pk], at=AT) == 1
    assert [one.thing_key for one in queries.unread(liufang)] == ["2", "1"]
    assert actions.mark_read(liufang, at=AT) == 2
    assert [queries.unread_by(one.pk).count() for one in (liufang, zhangqiang)] == [0, 3]


def test_a_channel_is_off_its_address_sealed_and_unknown_to_the_ledger(cast: Cast) -> None:
    channel = actions.set_channel("town", way(secret="SECabc"), by=cast.actor("zhaolei"), at=AT)
    row = Channel.objects.values().get()
    assert not row["enabled"]
    assert "693a91f6" not in str(row)
    assert "SECabc" not in str(row)
    assert (channel.open_address(), channel.open_secret()) == (WEBHOOK, "SECabc")
    noted = Note.objects.get()
    assert "693a91f6" not in str(vars(noted))
    assert "SECabc" not in str(vars(noted))
    assert noted.after["address_renewed"] is True
    channel.code = "other"
    with pytest.raises(CannotUnseal):
        channel.open_address()


def test_every_change_of_a_channel_is_noted_once(cast: Cast) -> None:
    by = cast.actor("zhaolei")
    channel = actions.set_channel("town", way(), by=by, at=AT)
    actions.enable_channel(channel, by=by, at=AT)
    renamed = actions.set_channel("town", way(title="创文总群", address=""), by=by, at=AT)
    assert renamed.enabled
    assert renamed.open_address() == WEBHOOK
    assert not actions.set_channel("town", way(address=WEBHOOK + "2"), by=by, at=AT).enabled
    actions.disable_channel(channel, by=by, at=AT)
    assert [one.verb for one in Note.objects.all()] == [
        "设置外发渠道",
        "启用外发渠道",
        "设置外发渠道",
        "设置外发渠道",
        "停用外发渠道",
    ]


@pytest.mark.parametrize("name", ["limin", "qianan", "sunyue"])
def test_only_the_system_administrator_sets_up_a_channel(cast: Cast, name: str) -> None:
    channel = actions.set_channel("town", way(), by=MACHINE, at=AT)
    for change in (
        lambda by: actions.set_channel("town", way(), by=by, at=AT),
        lambda by: actions.enable_channel(channel, by=by, at=AT),
        lambda by: actions.disable_channel(channel, by=by, at=AT),
    ):
        with pytest.raises(NotAllowed):
            change(cast.actor(name))


def test_an_administrator_of_one_unit_sets_up_no_channel_of_the_town(cast: Cast) -> None:
    Assignment.objects.filter(person=cast.people["zhaolei"]).update(scope=Scope.OWN)
    by, own = cast.actor("zhaolei"), cast.units["office"]
    channel = actions.set_channel("own", way(organisation=own), by=by, at=AT)
    for organisation in (None, cast.units["V1"]):
        with pytest.raises(OutOfReach):
            actions.set_channel("more", way(organisation=organisation), by=by, at=AT)
    town = actions.set_channel("town", way(), by=MACHINE, at=AT)
    with pytest.raises(OutOfReach):
        actions.set_channel("town", way(organisation=own), by=by, at=AT)
    with pytest.raises(OutOfReach):
        actions.enable_channel(town, by=by, at=AT)
    assert actions.enable_channel(channel, by=by, at=AT).enabled


@pytest.mark.parametrize(
    ("wrong", "why"), [({"address": ""}, "地址"), ({"title": " "}, "名称"), ({"per_minute": 21}, "20")]
)
def test_an_incomplete_channel_is_refused_with_the_reason(cast: Cast, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ChannelIncomplete, match=why):
        actions.set_channel("town", way(**wrong), by=MACHINE, at=AT)


def test_another_service_needs_another_address(cast: Cast) -> None:
    actions.set_channel("town", way(), by=MACHINE, at=AT)
    with pytest.raises(ChannelIncomplete):
        actions.set_channel("town", way(service=Service.FEISHU, address=""), by=MACHINE, at=AT)


def test_a_channel_carries_its_units_people_and_nothing_of_before(cast: Cast) -> None:
    everybody = ids(cast, "liufang", "wangjianguo", "zhangqiang")
    actions.tell(everybody, told(1), by=MACHINE, at=AT)
    village = actions.set_channel("village", way(organisation=cast.units["V1"]), by=MACHINE, at=AT)
    town = actions.set_channel("town", way(), by=MACHINE, at=AT)
    for channel in (village, town):
        actions.enable_channel(channel, by=MACHINE, at=AT)
        assert not outbox.waiting_for(channel).exists()
    actions.tell(everybody, told(2), by=MACHINE, at=AT)
    actions.mark_read(cast.people["zhangqiang"], at=AT)
    assert [one.person.name for one in outbox.waiting_for(village)] == ["刘芳"]
    assert sorted(one.person.name for one in outbox.waiting_for(town)) == ["刘芳", "王建国"]


def test_what_one_channel_carried_the_other_carries_too(cast: Cast) -> None:
    channels = [actions.set_channel(code, way(), by=MACHINE, at=AT) for code in ("one", "two")]
    for channel in channels:
        actions.enable_channel(channel, by=MACHINE, at=AT)
    actions.tell(ids(cast, "liufang"), told(), by=MACHINE, at=AT)
    outbox.settle(channels[0], list(outbox.waiting_for(channels[0])), error="", at=AT)
    assert [outbox.waiting_for(channel).count() for channel in channels] == [0, 1]
    assert Notice.objects.get().sent_at == AT


def test_a_claimed_channel_is_nobody_elses_until_it_is_settled_or_two_minutes_passed(cast: Cast) -> None:
    channel = actions.enable_channel(actions.set_channel("town", way(), by=MACHINE, at=AT), by=MACHINE, at=AT)
    assert outbox.claim(channel, at=AT)
    assert not outbox.claim(channel, at=AT + timedelta(minutes=1))
    assert outbox.claim(channel, at=AT + timedelta(minutes=2))
    outbox.release(channel)
    assert outbox.claim(channel, at=AT)


def test_a_failing_channel_pauses_longer_each_time_but_never_over_an_hour(cast: Cast) -> None:
    channel = actions.enable_channel(actions.set_channel("town", way(), by=MACHINE, at=AT), by=MACHINE, at=AT)
    pauses = []
    for _ in range(9):
        outbox.settle(channel, [], error="连不上", at=AT)
        pauses.append(int((Channel.objects.get().not_before - AT).total_seconds() // 60))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    outbox.settle(channel, [], error="", at=AT)
    assert Channel.objects.values_list("failures", "last_error", "not_before").get() == (0, "", None)
