"""`python -m agent_tui.desk`: a desk without the command line's other parts, for tests and whoever embeds one."""

import argparse
import asyncio
import sys
from pathlib import Path

from agent_tui.desk.serve import ServeOptions, serve


def main() -> int:
    """Run a desk as argv says."""
    parser = argparse.ArgumentParser(prog="python -m agent_tui.desk")
    parser.add_argument("--home", type=Path, required=True, help="the desk's own folder")
    parser.add_argument("--listen", default="127.0.0.1:8700", help="HOST:PORT; port 0 is any free one")
    parser.add_argument("--json", action="store_true", help="one JSON line with the addresses when ready")
    parser.add_argument("--behind-proxy", default="", metavar="ADDRESS")
    parser.add_argument("--tls-certificate", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--ends-with-last-staff-ms", type=int)
    parser.add_argument("--own-name", default="", help="its own admin's name, where there is none yet")
    parser.add_argument("--demo", action="store_true", help="invented customers who write by themselves")
    given = parser.parse_args()
    return asyncio.run(serve(ServeOptions(**vars(given))))


if __name__ == "__main__":
    sys.exit(main())
