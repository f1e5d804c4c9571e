"""The entry point of `dnsrace` and of `python -m dnsrace`.

It imports nothing but what it needs to answer Ctrl-C: most of a short run is imports.
"""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it with a word and exit code 3."""
    if hasattr(signal, "SIGPIPE"):
        # a reader that goes away (`| head`) ends the program; no exit code of ours says that
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        from dnsrace.cli_main import main as run

        run()
    except KeyboardInterrupt:
        print("interrupted: nothing is reported", file=sys.stderr)
        raise SystemExit(3) from None


if __name__ == "__main__":
    main()
