"""`python -m demo`: the whole console with its demo data, until Ctrl-C. `make demo` calls this."""

import argparse
import ctypes
import os
import signal
import sys

from demo.console import Console
from demo.options import DemoSettings
from demo.parts import DemoError
from demo.supervisor import Supervisor

_PR_SET_PDEATHSIG = 1


def stop_with(parent: int) -> None:
    """Asks the kernel for SIGTERM when the process that started this one is gone. Exits if it is gone already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The process that started the demo is gone.")


def main() -> int:
    """The exit status: 0 when asked to stop, 1 when a part failed, 2 for a wrong setting."""
    options = argparse.ArgumentParser(prog="python -m demo", description="The whole console with demo data.")
    options.add_argument("--parent", type=int, help="stop when this process, the one that starts us, is gone")
    if parent := options.parse_args().parent:
        stop_with(parent)
    console = Console()
    try:
        return Supervisor(DemoSettings.read(os.environ), console).run()
    except DemoError as error:
        console.say(str(error))
        return 2
    finally:
        console.close()


if __name__ == "__main__":
    sys.exit(main())
