#!/usr/bin/env python3
import os
import sys

from opsconsole.environment import MissingEnvironment, load_environment


def main() -> None:
    """Run a management command against the database of the environment, or the running demo."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")
    try:
        load_environment()
    except MissingEnvironment as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
