"""``make bench`` (all) or ``make bench ONLY=id``."""

import sys

from bench.driver import run

sys.exit(run(*sys.argv[1:2]))
