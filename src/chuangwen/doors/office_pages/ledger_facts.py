"""What a note of the ledger says changed, as a line that people read: field and value, moments on the town's clock."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from chuangwen.kernel.dates import stamp_of
from chuangwen.kernel.words import say

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def facts_told(facts: Mapping[str, object] | None) -> str:
    """``lead：城建办；due：2021-10-14 17:30:00``; empty where nothing is said."""
    told = (say("{name}：{value}", name=name, value=_told(value)) for name, value in (facts or {}).items())
    return say("；").join(told)


def _told(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _MOMENT.sub(lambda found: stamp_of(datetime.fromisoformat(found[0]), seconds=True), text)
