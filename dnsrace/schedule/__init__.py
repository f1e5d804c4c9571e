"""Ordinary asyncio code under a controlled scheduler: find the schedule that breaks it.

    from dnsrace import schedule

    def program():
        shop = Shop()
        return schedule.Actors({"a": shop.buy, "b": shop.buy}, invariants=[shop.nothing_oversold])

    def test_shop():
        schedule.hunt(program, schedules=1000).check()

docs/reference/schedule.md tells the rest.
"""

from dnsrace.schedule.actors import Actors, Note, Step
from dnsrace.schedule.boundary import boundary, note
from dnsrace.schedule.choices import Choices, DrawnChoices, Given, Walk, walks
from dnsrace.schedule.determinism import check_determinism
from dnsrace.schedule.exhaustive import Exhaustive
from dnsrace.schedule.failure import Broken, Failure
from dnsrace.schedule.faults import Faults
from dnsrace.schedule.hunting import Hunt, exhaust, hunt
from dnsrace.schedule.running import Program, Run, replay, run
from dnsrace.schedule.shrinking import shrink
from dnsrace.schedule.token import Entry, Token
from dnsrace.schedule.token import read as read_token

__all__ = [
    "Actors",
    "Broken",
    "Choices",
    "DrawnChoices",
    "Entry",
    "Exhaustive",
    "Failure",
    "Faults",
    "Given",
    "Hunt",
    "Note",
    "Program",
    "Run",
    "Step",
    "Token",
    "Walk",
    "boundary",
    "check_determinism",
    "exhaust",
    "hunt",
    "note",
    "read_token",
    "replay",
    "run",
    "shrink",
    "walks",
]
