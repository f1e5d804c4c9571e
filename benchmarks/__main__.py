"""`python -m benchmarks NAME [--times N]`."""

from __future__ import annotations

import argparse
import importlib

import benchmarks
from benchmarks.running import machine

NAMES = (
    "startup", "search", "symmetry", "scale", "tools", "hunting", "code", "conform", "bmc",
    "proofs",
)  # fmt: skip


def main() -> None:
    """Run one benchmark and print its table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--times", type=int, default=5, metavar="N", help="runs of each (default 5)"
    )
    given = parser.parse_args()
    print(machine())
    importlib.import_module(f"benchmarks.{given.name}").main(given.times)


if __name__ == "__main__":
    main()
