"""A child that behaves badly, for the tests of ``kernel.apart``."""

import os
import time
from typing import Any

from chuangwen.kernel.apart import serve


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked for: hang, die, swell, chatter - or answer."""
    what = question["do"]
    if what == "hang":
        time.sleep(600)
    if what == "hang with a child":
        os.system("sleep 600")
    if what == "die":
        os.abort()
    if what == "swell":
        return {"held": len(bytearray(2_000_000_000))}
    if what == "chatter":
        os.write(1, b"a library's noise\n")
    return {"did": what, "pid": os.getpid()}


if __name__ == "__main__":
    serve(answer)
