"""Make odd-indicators.xlsx: an invented indicator table in the manner of a city's own, with all its oddities.

Two rows of title above the headings, headings over two rows, columns in an unusual order, items and contents merged
down, points written in five ways, methods with and without shares, a sub-total and a total, a remark at the foot,
a hidden sheet, and a second sheet with the companion part. Run it again only to change the table:
python tests/files/make_odd_indicators.py
"""

from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
ITEMS = (
    ("一、政务环境", ("学习教育", "政务公开", "为民服务", "廉洁守纪")),
    ("二、法治环境", ("普法宣传", "公共法律服务", "基层民主")),
    ("三、市场环境", ("诚信经营", "消费维权", "农贸市场管理")),
    ("四、人文环境", ("道德风尚", "志愿服务", "文化惠民")),
    ("五、生活环境", ("街巷秩序", "环境卫生", "公共设施", "交通出行")),
)
CLAUSES = (
    ("有年度安排，有专人负责，有工作记录", "网上申报"),
    ("设置公开栏，内容每季度更新一次", "材料审核、实地考察"),
    ("群众知晓率达到\uff19\uff10％以上", "问卷调查"),
    ("现场无明显脏乱差现象，秩序良好", "实地考察60%+材料审核40%"),
)
POINTS: tuple[object, ...] = (1, "\uff11", "1分", "0.5×2", 1.0)
UNITS = ("党政办", "市监所", "城管办", "派出所", "文化站", "民政办")
MATERIALS = ("1.工作方案；2.实景图片3张", "（1）年度总结\n（2）统计表", "", "说明报告")


def main() -> None:
    with xlsxwriter.Workbook(HERE / "odd-indicators.xlsx") as book:
        _indicators(book)
        notes = book.add_worksheet("填表说明")
        notes.write(0, 0, "本表由创建办汇总，各单位不得擅自改动。")
        hidden = book.add_worksheet("旧表")
        hidden.write_row(0, 0, ["测评项目", "测评标准", "分值"])
        hidden.write_row(1, 0, ["作废", "作废的标准", 99])
        hidden.hide()


def _indicators(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("责任分解")
    wrap = book.add_format({"text_wrap": True, "border": 1, "valign": "vcenter"})
    sheet.merge_range("A1:K1", "某某市创建全国文明城市测评指标责任分解表（征求意见稿）", wrap)
    sheet.merge_range("A2:K2", "汇总单位：创建办                单位：分", wrap)
    for column, title in enumerate(("序号", "测评项 目", "测评内容", "考评方式", "具体标准要求", "标准分值")):
        sheet.merge_range(2, column, 3, column, title, wrap)
    sheet.merge_range("G3:I3", "责任分工", wrap)
    for column, title in enumerate(("牵头部门", "责任单 位", "责任人"), start=6):
        sheet.write(3, column, title, wrap)
    sheet.merge_range("J3:J4", "需提供的申报材料", wrap)
    sheet.merge_range("K3:K4", "完成时限（年月日）", wrap)
    row, number = 4, 1
    for item, contents in ITEMS:
        first = row
        for order, content in enumerate(contents, start=1):
            for place, (clause, method) in enumerate(CLAUSES):
                _standard(sheet, wrap, row + place, number, (content, clause, method))
                number += 1
            sheet.merge_range(row, 2, row + 3, 2, f"（{order}）{content}", wrap)
            row += 4
        sheet.merge_range(first, 1, row - 1, 1, f"{item}（{row - first}分）", wrap)
        sheet.merge_range(row, 0, row, 4, "小  计", wrap)
        sheet.write(row, 5, row - first, wrap)
        row += 1
    sheet.merge_range(row, 0, row, 4, "合  计", wrap)
    sheet.write(row, 5, number - 1, wrap)
    sheet.merge_range(row + 1, 0, row + 1, 10, "注：本表由创建办负责解释。", wrap)


def _standard(
    sheet: xlsxwriter.worksheet.Worksheet, wrap: object, row: int, number: int, said: tuple[str, str, str]
) -> None:
    content, clause, method = said
    days = ("2021-10-14", "2021/10/14", "2021.10.14", "2021年10月14日", "20211014")
    lead = UNITS[number % len(UNITS)]
    others = f"{UNITS[(number + 1) % len(UNITS)]}、各村（社区）"
    cells = ("", "", "", method, f"{content}：{clause}", POINTS[number % len(POINTS)], lead, others, "李敏")
    sheet.write_row(row, 0, cells, wrap)
    sheet.write(row, 0, number, wrap)
    sheet.write(row, 9, MATERIALS[number % len(MATERIALS)], wrap)
    sheet.write(row, 10, days[number % len(days)], wrap)


if __name__ == "__main__":
    main()
