"""The command ``chuangwen``: the product's own commands by name, Django's machinery underneath."""

import os
import sys

from django.core.management import ManagementUtility

COMMANDS = {
    "demo": "准备演示镇并打开（一个种子，一年的数据）",
    "setup": "建立一个真实的镇：装内容包、建数据库、开第一个账号",
    "serve": "打开网站",
    "packs": "内容包：check 检查、install 安装、diff 比较、read-workbook 读指标表",
    "plan": "实施方案：read 读文件、import 导入为本镇方案",
    "observations": "观测：import 导入第三方移交的表格",
    "score": "现在得多少分，多大把握",
    "losses": "分丢在哪里，先做什么",
    "cases": "事项：list 列出、show 查看、due 谁欠着什么、sweep 到期预警和督办",
    "archive": "资料档案：add 收件、search 检索、twins 重复照片、check 核对原件、release-export 导出公开信息、index 重建检索",
    "work": "后台：把等着的活做完，或一直做下去",
    "submission": "年度网上申报：compose 汇集材料、seal 封装、verify 核验申报包",
    "workdays": "工作日历：add 推算时限、import 导入放假通知",
    "notices": "提醒外发：send 发出、channel 管理邮件和群机器人",
    "doctor": "体检：缺牵头单位、缺办法、缺两个数……逐条说明怎么治",
    "ledger": "留痕：verify 核对链条、export 导出",
    "backup": "备份全部数据",
    "restore": "从备份恢复",
}
ALSO = {"migrate", "makemigrations", "check", "shell", "collectstatic"}


def _take_home(arguments: list[str]) -> None:
    """``--home DIR`` decides where all data lives, and must be known before settings are read."""
    for place, word in enumerate(arguments):
        if word == "--home" and place + 1 < len(arguments):
            os.environ["CHUANGWEN_HOME"] = arguments[place + 1]
        elif word.startswith("--home="):
            os.environ["CHUANGWEN_HOME"] = word.removeprefix("--home=")


def _tell_commands() -> str:
    lines = [f"  {name:<14}{what}" for name, what in COMMANDS.items()]
    return "\n".join(["用法：chuangwen <命令> [选项]", "", *lines, "", "每个命令的用法和例子：chuangwen <命令> --help"])


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 refused with reasons, 2 wrong usage."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_tell_commands() + "\n")
        sys.exit(0 if arguments else 2)
    if arguments[0] not in COMMANDS and arguments[0] not in ALSO:
        sys.stderr.write(f"没有“{arguments[0]}”这个命令。\n\n{_tell_commands()}\n")
        sys.exit(2)
    _take_home(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")
    try:
        ManagementUtility(["chuangwen", *arguments]).execute()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read along, `head` say, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
