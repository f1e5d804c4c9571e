"""`python -m examples.enactor`: hunt, replay, write a log."""

from __future__ import annotations

import argparse
import functools
import sys
from dataclasses import replace
from pathlib import Path

import examples.enactor
from dnsrace import schedule
from dnsrace.errors import DnsraceError
from examples.enactor.region import program, write_log
from examples.enactor.settings import DEPLOYED, FIXED, Settings


def main() -> int:
    """Exit code: 0 nothing failed, 1 something did, 2 wrong usage, 3 a run was cut."""
    given = _parser().parse_args()
    settings = replace(
        FIXED if given.fixed else DEPLOYED,
        enactors=given.enactors, plans=given.plans, endpoints=given.endpoints,
        lease=given.lease, drift=given.drift, crashes=given.crash > 0,
    )  # fmt: skip
    try:
        return _replay(settings, given) if given.replay else _hunt(settings, given)
    except DnsraceError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"error: --log: {error.filename!r} cannot be written", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing is known of the schedules that are left", file=sys.stderr)
        return 3


def _hunt(settings: Settings, given: argparse.Namespace) -> int:
    region = functools.partial(program, settings, _again(given))
    faults = schedule.Faults(crash=given.crash, timeout=given.timeout, duplicate=given.duplicate)
    found = schedule.hunt(region, seed=given.seed, schedules=given.schedules, faults=faults)
    print(found)
    if given.log:
        _log(settings, found.shortest or schedule.run(region, faults=faults), given.log)
    return 1 if found.found else 3 if found.cut else 0


def _replay(settings: Settings, given: argparse.Namespace) -> int:
    run = schedule.replay(functools.partial(program, settings, _again(given)), given.replay)
    print(run)
    if given.log:
        _log(settings, run, given.log)
    return {"passed": 0, "failed": 1}.get(run.outcome, 3)


def _again(given: argparse.Namespace) -> str:
    """The command that replays a schedule of the same region."""
    words = ["--fixed"] if given.fixed else []
    for name in ("enactors", "plans", "endpoints", "lease", "drift"):
        if (value := getattr(given, name)) != _parser().get_default(name):
            words.append(f"--{name} {value}")
    words += ["--crash 1"] if given.crash else []
    return " ".join(["python -m examples.enactor", *words, "--replay '{token}'"])


def _log(settings: Settings, run: schedule.Run, path: Path) -> None:
    write_log(settings, run, path)
    print(f"\nwrote {path}: {len(run.values('event'))} events")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.enactor",
        description=examples.enactor.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fixed", action="store_true", help="the fixed variant")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the hunt (default 0)")
    parser.add_argument(
        "--schedules",
        type=_positive,
        default=1_000,
        metavar="N",
        help="the most runs (default 1000)",
    )
    parser.add_argument("--replay", metavar="TOKEN", help="run one schedule again")
    parser.add_argument("--log", type=Path, metavar="PATH", help="write the events of the run")
    for name, default in (("enactors", 3), ("plans", 4), ("endpoints", 1)):
        parser.add_argument(
            f"--{name}",
            type=_positive,
            default=default,
            metavar="N",
            help=f"how many (default {default})",
        )
    parser.add_argument("--lease", type=float, metavar="S", help="locks expire after S seconds")
    parser.add_argument(
        "--drift", choices=("cleaner_without_guard", "flip_without_preamble"),
        help="a part of the design that the code has lost",
    )  # fmt: skip
    for kind in ("crash", "timeout", "duplicate"):
        parser.add_argument(
            f"--{kind}", type=int, default=0, metavar="N", help="faults in a run (default 0)"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
