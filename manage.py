"""Django's own door, for people who know it. Everybody else uses the command ``chuangwen``."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")
    execute_from_command_line(sys.argv)
