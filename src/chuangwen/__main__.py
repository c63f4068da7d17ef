"""``python -m chuangwen`` is the command ``chuangwen``."""

from chuangwen.cli import main

main()
