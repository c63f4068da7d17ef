"""Office files turned into PDF by LibreOffice, where it is installed: ``python -m chuangwen.kernel.office SECONDS MEGABYTES``.

It runs as a child of its own (see ``kernel.apart``), with a profile of its own that runs no macros and follows no links.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from chuangwen.kernel.apart import serve
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting

PROGRAMS = ("soffice", "libreoffice")
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


class NoOffice(Refusal):
    """There is no office program on this machine."""

    code = "no_office"
    sentence = lasting(
        "“{file}”要靠 LibreOffice 打开，本机没有安装。请安装 LibreOffice（含文字、表格、演示组件）后再试。"
    )
    status = 422


class OfficeFailed(Refusal):
    """The office program made nothing of it."""

    code = "office_failed"
    sentence = lasting("LibreOffice 打不开“{file}”：文件损坏或有密码，或缺少相应组件（表格要 Calc，演示要 Impress）。")
    status = 422


def office_program() -> str:
    """Where LibreOffice is; empty when there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), "")


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Make a PDF of ``path`` at ``into``; ``ending`` tells its kind, ``folder`` is room for a profile and a copy."""
    name, program, room = question["name"], office_program(), Path(question["folder"])
    if not program:
        raise NoOffice(file=name)
    profile = room / "profile"
    if not profile.is_dir():
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=room) as folder:
        source = Path(folder) / f"file.{question['ending']}"
        shutil.copyfile(question["path"], source)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)
        made = source.with_suffix(".pdf")
        if not made.is_file() or not made.stat().st_size:
            raise OfficeFailed(file=name)
        shutil.move(made, question["into"])
    return {"done": True}


if __name__ == "__main__":
    serve(answer)
