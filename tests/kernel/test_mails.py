"""Mails as files: text, sender and attachments, however old the program that wrote them."""

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples import MAIL, a_mail, photo, word

from chuangwen.kernel.mails import MailRefused, MailTooLarge, read_mail
from chuangwen.kernel.refusal import Refusal


def test_text_sender_and_attachments_are_read_in_order() -> None:
    read = read_mail(a_mail(("方案.docx", word()), ("实景.jpg", photo())), "a.eml")
    assert (read.subject, read.sender) == ("集贸市场材料", "李敏 <limin@example.org>")
    assert read.text == "请查收附件。"
    assert [(one.name, one.data) for one in read.attachments] == [("方案.docx", word()), ("实景.jpg", photo())]
    assert read.as_text().splitlines()[:2] == ["主题：集贸市场材料", "发件人：李敏 <limin@example.org>"]


def test_a_mail_in_gb2312_is_read() -> None:
    read = read_mail(MAIL, "a.eml")
    assert (read.subject, read.sender, read.text) == (
        "集贸市场材料",
        "李敏 <limin@example.org>",
        "见附件，请查收。",
    )


def test_a_page_is_read_where_there_is_no_plain_text() -> None:
    message = EmailMessage()
    message["Subject"] = "a"
    message.set_content("<p>请于<b>周五</b>前报送</p><script>x</script>", subtype="html")
    assert read_mail(bytes(message), "a.eml").text == "请于周五前报送"


@pytest.mark.parametrize(
    "header",
    [
        b'filename="=?gbk?B?' + base64.b64encode("台账.xlsx".encode("gbk")) + b'?="',
        b"filename*=gb2312''" + b"%CC%A8%D5%CB.xlsx",
        b"filename*0*=utf-8''%E5%8F%B0; filename*1*=%E8%B4%A6.xlsx",
        b'filename="' + "台账.xlsx".encode("gbk") + b'"',
        b'filename="' + "台账.xlsx".encode() + b'"',
        b'filename="../../' + "台账.xlsx".encode() + b'"',
    ],
)
def test_names_of_attachments_are_read_as_every_program_writes_them(header: bytes) -> None:
    data = (
        b"From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=X\n\n"
        b"--X\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        b"Content-Disposition: attachment; " + header + b"\n\n" + base64.b64encode(b"data") + b"\n--X--\n"
    )
    assert [(one.name, one.data) for one in read_mail(data, "a.eml").attachments] == [("台账.xlsx", b"data")]


def test_a_mail_in_a_mail_is_an_attachment_named_by_its_subject() -> None:
    outer = EmailMessage()
    outer["Subject"] = "转发"
    outer.set_content("见附")
    inner = EmailMessage()
    inner["Subject"] = "原邮件"
    inner.set_content("原文")
    outer.add_attachment(inner)
    (found,) = read_mail(bytes(outer), "a.eml").attachments
    assert found.name == "原邮件.eml"
    assert read_mail(found.data, "b.eml").text == "原文"


def test_pictures_without_a_name_are_not_lost() -> None:
    message = EmailMessage()
    message["Subject"] = "a"
    message.set_content("见图")
    message.add_attachment(photo(), maintype="image", subtype="jpeg")
    del message.get_payload()[1]["Content-Disposition"]
    assert [one.name for one in read_mail(bytes(message), "a.eml").attachments] == ["附件1.jpg"]


def test_a_mail_of_endless_parts_is_refused() -> None:
    body = b"".join(b"--X\nContent-Type: text/plain\n\na\n" for _ in range(600))
    data = b"Subject: a\nContent-Type: multipart/mixed; boundary=X\n\n" + body + b"--X--\n"
    with pytest.raises(MailTooLarge):
        read_mail(data, "a.eml")


def test_a_mail_nested_without_end_is_refused_not_fatal() -> None:
    data = b"Subject: a\n"
    for depth in range(3000):
        data += b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (depth, depth)
    with pytest.raises(MailRefused):
        read_mail(data, "a.eml")


def test_what_is_no_mail_is_told() -> None:
    with pytest.raises(MailRefused):
        read_mail("今天的会议记录".encode(), "a.eml")


_SEED = a_mail(("方案.docx", b"data" * 20), html="<p>正文</p>")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_SEED) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_no_damage_to_a_mail_raises_anything_but_a_refusal(damage: list[tuple[int, int]]) -> None:
    data = bytearray(_SEED)
    for place, byte in damage:
        data[place] = byte
    try:
        told = [one.name for one in read_mail(bytes(data), "a.eml").attachments]
    except Refusal as no:
        told = [str(no)]
    assert all(told)


_LINES = st.lists(
    st.sampled_from(
        [
            b"Subject: =?utf-8?q?=E5?=",
            b"Content-Type: multipart/mixed; boundary=X",
            b"Content-Type: text/plain; charset=nonsense",
            b"Content-Disposition: attachment; filename*=x'y'%ff",
            b"Content-Disposition: attachment; filename*0*=a; filename*7=b",
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: uuencode",
            b"begin 644 a",
            b"",
            b"--X",
            b"--X--",
            b"\xff\xfe=?gbk?b?x?=",
            b" folded",
        ]
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(_LINES)
def test_no_mail_of_odd_lines_raises_anything_but_a_refusal(lines: list[bytes]) -> None:
    try:
        told = read_mail(b"\n".join(lines), "a.eml").as_text()
    except Refusal as no:
        told = str(no)
    assert told is not None
