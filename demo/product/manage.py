"""Commands of the demo product; they know nothing of the console's settings."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    os.environ["DJANGO_SETTINGS_MODULE"] = "demo.product.settings"
    execute_from_command_line(sys.argv)
