"""Make the township's paper templates anew: the geometry of GB/T 9704-2012, no red head (see docs/how-to/change-a-paper.md)."""

import sys
from pathlib import Path

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from chuangwen.kernel.word import BODY, HEAD, KAI, TITLE, font, paper

OUT = Path(__file__).parents[1] / "packs" / "township" / "papers"


def paragraph(place, text, *, name=BODY, size=16, align=None, indent=True, after=0):
    one = place.add_paragraph()
    form = one.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28.95 if size <= 16 else 34)
    form.space_after = Pt(after)
    if indent and align is None:
        form.first_line_indent = Pt(size * 2)
    if align == "centre":
        one.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if align == "right":
        one.alignment, form.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(size * 2)
    font(one.add_run(text), name, size)
    return one


def letter(file, title, addressee, body, *, signer="{{ office_name }}"):
    document = paper()
    paragraph(document, title, name=TITLE, size=22, align="centre", after=12)
    paragraph(document, "{{ paper_number }}", align="centre", after=14)
    paragraph(document, addressee + "：", indent=False)
    for text in body:
        head = text.startswith("#")
        paragraph(document, text.lstrip("#"), name=HEAD if head else BODY)
    paragraph(document, "", indent=False)
    paragraph(document, signer, align="right")
    paragraph(document, "{{ dated|date_cn }}", align="right")
    document.save(OUT / file)


def table_form(file, title, rows, note=""):
    document = paper()
    paragraph(document, title, name=TITLE, size=22, align="centre", after=8)
    paragraph(document, "编号：{{ paper_number }}", size=12, indent=False)
    table = document.add_table(rows=0, cols=4)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for row in rows:
        cells = table.add_row().cells
        if len(row) == 2:
            cells[1].merge(cells[3])
        for index, text in enumerate(row):
            one = cells[index if len(row) == 4 else min(index, 1)].paragraphs[0]
            one.paragraph_format.space_before = one.paragraph_format.space_after = Pt(4)
            if index % 2 == 0:
                one.alignment = WD_ALIGN_PARAGRAPH.CENTER
            font(one.add_run(text), HEAD if index % 2 == 0 else BODY, 12)
    for row in table.rows:
        for cell, width in zip(row.cells, (30, 48, 30, 48), strict=True):
            cell.width = Mm(width)
    if note:
        paragraph(document, note, size=12, name=KAI, indent=False)
    document.save(OUT / file)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    letter(
        "整改通知书.docx",
        "整改通知书",
        "{{ unit }}",
        [
            "经查，{{ place }}存在以下问题：{{ title }}。{% if text %}{{ text }}{% endif %}",
            "#一、整改要求",
            "请你单位于{{ due_at }}前完成整改，整改措施：{{ f.measures }}。{% if assisting %}由{{ assisting }}配合。{% endif %}",
            "#二、报送要求",
            "整改完成后，在原地同一角度拍摄整改后照片，连同整改情况在系统中报核查。整改人不得自行核查。逾期未完成的，按规定督办。",
        ],
    )
    letter(
        "督办单.docx",
        "督办单",
        "{{ unit }}",
        [
            "事由：{{ title }}",
            "{% if text %}{{ text }}{% else %}以上事项由你单位办理。{% endif %}",
            "#督办要求",
            "{% if f.demand %}{{ f.demand }}{% else %}按期办结上述事项，并说明办理情况和未按期办结的原因。{% endif %}",
            "请于{{ due_at }}前书面回复办理结果。逾期不办或弄虚作假的，移交镇纪委处理。",
        ],
    )
    letter(
        "交办单.docx",
        "交办单",
        "{{ unit }}",
        [
            "现将“{{ title }}”（{{ number }}）交你单位办理。{% if text %}{{ text }}{% endif %}",
            "请于{{ due_at }}前办结，首接负责，办理结果答复反映人并报办公室。{% if assisting %}协办单位：{{ assisting }}。{% endif %}",
        ],
    )
    letter(
        "上级交办单.docx",
        "交办单",
        "{{ unit }}",
        [
            "{{ f.ordered_by }}{% if f.document %}以{{ f.document }}{% endif %}交办“{{ title }}”（{{ number }}），现交你单位办理。{% if text %}{{ text }}{% endif %}",
            "{% if f.demand %}交办要求：{{ f.demand }}{% else %}请按来文要求办理。{% endif %}",
            "请于{{ due_at }}前办结，办理结果报办公室，由办公室审核后报回。{% if assisting %}协办单位：{{ assisting }}。{% endif %}",
        ],
    )
    letter(
        "回复函.docx",
        "关于“{{ title }}”的回复",
        "您好",
        [
            "您于{{ opened_on|date_cn }}反映的“{{ title }}”（编号 {{ number }}）收悉，感谢您对本镇工作的关心。",
            "#一、办理情况",
            "{{ f.result }}",
            "#二、答复意见",
            "{{ f.reply }}",
            "如对答复不满意，可凭查询码在手机页面提出异议，或到便民服务大厅反映。",
        ],
        signer="{{ unit }}",
    )
    letter(
        "受理告知书.docx",
        "信访事项受理告知书",
        "{% if reporter %}{{ reporter }}{% else %}信访人{% endif %}",
        [
            "你于{{ opened_on|date_cn }}反映的“{{ title }}”，经审查，决定予以受理，由{{ unit }}办理，办理途径：{{ f.way }}。",
            "根据《信访工作条例》第三十四条，本事项自受理之日起六十日内办结；情况复杂的，经批准可以延长，延长期限不超过三十日，并告知延期理由。",
            "国家信访信息系统编号：{{ f.system_number }}。",
        ],
    )
    letter(
        "信访处理意见书.docx",
        "信访事项处理意见书",
        "{% if reporter %}{{ reporter }}{% else %}信访人{% endif %}",
        [
            "#一、信访请求",
            "{{ title }}。{% if text %}{{ text }}{% endif %}",
            "#二、事实和理由",
            "{{ step_text }}",
            "#三、法律政策依据",
            "{{ f.basis }}",
            "#四、处理意见",
            "{{ f.opinion }}（{{ f.outcome }}）",
            "如不服本处理意见，可自收到本意见书之日起三十日内，向上一级机关请求复查。",
        ],
        signer="{{ unit }}",
    )
    letter(
        "责令停止违法建设通知书.docx",
        "责令停止违法建设通知书",
        "{{ f.owner }}",
        [
            "经查，你在{{ place }}的建设行为涉嫌“{{ f.what }}”，面积约{{ f.area_built }}平方米。",
            "现责令你立即停止建设，接受调查处理{% if due_at %}，并于{{ due_at }}前自行改正或拆除{% endif %}。拒不停止的，依法采取措施，责任自负。",
        ],
        signer="{{ unit }}",
    )
    letter(
        "隐患整改通知书.docx",
        "安全隐患整改通知书",
        "{{ f.place_name }}",
        [
            "{{ opened_on|date_cn }}，检查人员{{ f.inspectors }}、{{ f.second_inspector }}在检查中发现：{{ title }}。{% if text %}{{ text }}{% endif %}隐患等级：{{ f.level }}。依据：{{ f.basis }}",
            "#一、五落实",
            "责任：{{ f.responsibility }}；措施：{{ f.measures }}；资金：{{ f.money }}；期限：{{ due_at }}前；预案：{{ f.plan }}。",
            "#二、整改期间的临时防范措施",
            "{{ f.temporary }}",
            "整改完成后报复查，复查合格方可销号。",
        ],
    )
    letter(
        "调解协议书.docx",
        "人民调解协议书",
        "当事人",
        [
            "{{ f.parties }}",
            "#一、纠纷主要事实、争议事项",
            "{{ title }}。{% if text %}{{ text }}{% endif %}{{ f.request }}",
            "#二、达成协议内容",
            "{{ f.agreement }}",
            "#三、履行方式和期限",
            "以{{ f.perform_way }}的方式，于{{ f.perform_by|date_cn }}前履行。",
            "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效。双方可自生效之日起三十日内共同向人民法院申请司法确认。本协议一式各方一份，调解委员会存档一份。",
            "当事人（签名、盖章或按指印）：",
            "人民调解员（签名）：{{ person }}",
        ],
        signer="{{ town }}人民调解委员会",
    )
    table_form(
        "延期审批表.docx",
        "延期审批表",
        [
            ("事项编号", "{{ number }}", "事项类型", "{{ type_title }}"),
            ("事项", "{{ title }}"),
            ("申请单位", "{{ unit }}", "经办人", "{{ person }}"),
            ("原截止时间", "{{ old_due_at }}", "申请延期", "{{ f.extension }}"),
            ("延期理由", "{{ f.reason }}"),
            ("办公室意见", "\n\n"),
            ("领导审批", "\n\n　　　　　　　签名：　　　　　　年　　月　　日"),
        ],
    )
    table_form(
        "接访登记表.docx",
        "领导接访登记表",
        [
            (
                "接访日期",
                "{% if f.received_at %}{{ f.received_at|date_cn }}{% else %}{{ opened_on|date_cn }}{% endif %}",
                "接访形式",
                "{{ f.form }}",
            ),
            ("包案领导", "{{ f.case_leader }}", "是否签到", "{{ f.signed }}"),
            ("接访地点", "{{ f.place }}", "接访领导", "{{ f.leader }}"),
            ("来访代表", "{{ f.visitors }}"),
            ("人数", "{{ f.people }}", "事项性质", "{{ f.kind }}"),
            ("反映的问题", "{{ title }}\n{% if text %}{{ text }}{% endif %}"),
            ("当场答复", "{{ f.on_spot }}"),
            ("交办单位", "{{ unit }}", "办结时限", "{{ due_at }}"),
            ("承办人", "{{ person }}", "系统编号", "{{ f.system_number }}"),
            ("处理结果", "{{ f.opinion }}"),
            ("来访人签名", "\n"),
        ],
        "共同来访应推选代表，代表不超过五人（《信访工作条例》第二十条）。",
    )
    table_form(
        "宅基地审批表.docx",
        "农村宅基地和建房（规划许可）审批表",
        [
            ("申请户主", "{{ f.householder }}", "联系电话", "{{ f.phone }}"),
            ("性别", "{{ f.sex }}", "年龄", "{{ f.age }}"),
            ("身份证号", "{{ f.id_number }}", "户口所在地", "{{ f.registered_at }}"),
            ("家庭成员", "{{ f.family }}"),
            ("现宅基地（㎡）", "{{ f.now_area }}", "现建筑面积（㎡）", "{{ f.now_floor_area }}"),
            ("权属证书号", "{{ f.now_certificate }}", "原宅基地处置", "{{ f.now_fate }}"),
            ("拟申请面积（㎡）", "{{ f.plot }}", "房基占地（㎡）", "{{ f.base }}"),
            ("地址", "{{ place }}", "四至", "{{ f.bounds }}"),
            ("建房类型", "{{ f.how }}", "地类", "{{ f.land }}"),
            ("附属用房（㎡）", "{{ f.annex }}", "建筑面积（㎡）", "{{ f.floor_area }}"),
            ("层数", "{{ f.floors }}", "高度（米）", "{{ f.height }}"),
            ("是否征求相邻权利人意见", "{{ f.neighbours }}", "是否签署承诺书", "{{ f.promise }}"),
            ("申请理由", "{{ f.why }}"),
            ("村民小组意见", "{{ f.group_opinion }}"),
            ("村级组织意见", "{{ f.village_opinion }}\n　　　　　（盖章）　　　　年　　月　　日"),
            ("审查到场情况", "{{ f.finding }}"),
            ("农业农村意见", "{{ f.farm_opinion }}"),
            ("自然资源意见", "{{ f.resource_opinion }}"),
            ("住建意见", "{{ f.housing_opinion }}"),
            ("联审意见", "{{ f.joint }}"),
            ("乡镇政府审批意见", "\n　　　　　（盖章）　　　　年　　月　　日"),
            ("批准书编号", "{{ f.certificate }}", "规划许可证号", "{{ f.permit }}"),
        ],
    )


if __name__ == "__main__":
    main()
