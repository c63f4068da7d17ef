"""What a note of the ledger says changed, as a line that people read: field and value, moments on the town's clock."""

from collections.abc import Mapping

from chuangwen.kernel.dates import fact_told
from chuangwen.kernel.words import say


def facts_told(facts: Mapping[str, object] | None) -> str:
    """``lead：城建办；due：2021-10-14 17:30:00``; empty where nothing is said."""
    told = (say("{name}：{value}", name=name, value=fact_told(value)) for name, value in (facts or {}).items())
    return say("；").join(told)
