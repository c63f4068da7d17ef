"""A declaration is checked as a whole when it is read."""

from pathlib import Path

import pytest

from chuangwen.kernel.problems import Rejected
from chuangwen.kernel.tables.declared import declared

GOOD = """
id = "sites"
title = "点位表"
identity = ["code"]
[[fields]]
id = "code"
title = "编号"
required = true
headings = ["点位编号"]
[[fields]]
id = "unit"
title = "责任单位"
kind = "name"
of = "units"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "sites.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_declaration_is_read(tmp_path: Path) -> None:
    table = declared(_write(tmp_path, GOOD))
    assert table.field("code").words == ("编号", "点位编号")
    assert table.fits({"code"})
    assert table.lacking({"unit"}) == ["编号"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('identity = ["code"]', 'identity = ["nothing"]'),
        ('of = "units"', ""),
        ('kind = "name"', 'kind = "magic"'),
        ('id = "unit"', 'id = "code"'),
        ('title = "责任单位"', 'title = "点位编号"'),
        ("required = true", "obligatory = true"),
    ],
)
def test_a_wrong_declaration_does_not_load(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(Rejected) as no:
        declared(_write(tmp_path, GOOD.replace(old, new)))
    assert no.value.problems[0].file == "sites.toml"
