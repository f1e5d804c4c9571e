"""What a search says of each kind of property, and which exit code follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import ModelError, UsageError
from dnsrace.findings.verdicts import Exploration, Finding
from dnsrace.loader import load
from dnsrace.model.system import System

PYTHONS: list[EngineName] = ["python", "interpreter"]
ENGINES: list[EngineName] = [*PYTHONS, "numba"]

SWITCHBOARD = """
    @model
    def switchboard():
        '''Counts up to 5, forks at 2 into a side road that is a dead end, and rests at 5.'''
        class Count(Range, low=0, high=5): ...
        class S(State):
            n = var(Count, start=0)
            side = var(bool, start=False)

        @step
        def up(s):
            require(not s.side and s.n < 5)
            s.n += 1
        @step
        def leave(s):
            require(s.n == 2)
            require(not s.side)
            s.side = True

        @always(question=True)
        def below_four(s):
            return s.n < 4
        @always
        def below_three(s):
            return s.n < 3
        @always
        def in_range(s):
            return s.n <= 5
        @always(informative=True)
        def on_the_road(s):
            return not s.side
        @every_step
        def grows(before, after):
            return after.n > before.n or after.side != before.side
        @every_step(informative=True)
        def never_from_two_to_three(before, after):
            return not (before.n == 2 and after.n == 3)
        @sometimes
        def gets_to_five(s):
            return s.n == 5
        @sometimes
        def gets_lost_late(s):
            return s.side and s.n == 3
        @recoverable
        def can_get_to_five(s):
            return s.n == 5
        @eventually(fairness="weak")
        def leaves_zero(s):
            return s.n > 0

        @end
        def at_five(s):
            return s.n == 5"""


@pytest.fixture
def board(tmp_path: Path) -> System:
    return lift_text(tmp_path, SWITCHBOARD)


def search(
    system: System, *names: str, engine: EngineName = "python", keep_going: bool = False,
    deadlock: bool = False, **limits: int,
) -> Exploration:  # fmt: skip
    return explore(
        system,
        Request(names=names, engine=engine, keep_going=keep_going, deadlock=deadlock,
                limits=Limits(**limits)),
    )  # fmt: skip


def only(result: Exploration) -> Finding:
    [finding] = result.findings
    return finding


# -- all kinds at once


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finished_search_decides_all_that_it_can(board: System, engine: EngineName) -> None:
    result = search(board, engine=engine, keep_going=True, deadlock=True)
    said = {f.name: (f.kind, f.verdict, f.reach, f.length) for f in result.findings}
    assert said == {
        "below_four": ("always", "violated", "a shortest violation, 4 steps", 4),
        "below_three": ("always", "violated", "a shortest violation, 3 steps", 3),
        "in_range": ("always", "holds", "complete", None),
        "on_the_road": ("always", "violated", "a shortest violation, 3 steps", 3),
        "grows": ("every_step", "holds", "complete", None),
        "never_from_two_to_three": (
            "every_step", "violated", "a shortest violation, 3 steps", 3,
        ),
        "gets_to_five": ("sometimes", "holds", "reached after 5 steps", 5),
        "gets_lost_late": ("sometimes", "violated", "complete, and never reached", None),
        "can_get_to_five": (
            "recoverable", "violated", "from 1 of 7 states nothing leads there; the nearest after "
            "3 steps", 3,
        ),
        "leaves_zero": ("eventually", "holds", "complete", None),
        "deadlock": ("deadlock", "violated", "a shortest one, 3 steps", 3),
    }  # fmt: skip
    assert result.complete
    assert result.exit_code == 1
    assert result.statistics.distinct_states == 7
    assert result.statistics.transitions == 6
    assert (result.statistics.ends, result.statistics.deadlocks) == (1, 1)
    assert result.statistics.steps == {"up": 5, "leave": 1}


def test_findings_come_in_the_order_of_declaration(board: System) -> None:
    result = search(board, "gets_to_five", "below_four", keep_going=True)
    assert [f.name for f in result.findings] == ["below_four", "gets_to_five"]


# -- properties by name


@pytest.mark.parametrize("name", ["in_range", "grows", "gets_to_five"])
def test_a_property_that_holds_exits_with_0(board: System, name: str) -> None:
    result = search(board, name)
    assert only(result).verdict == "holds"
    assert result.exit_code == 0


@pytest.mark.parametrize("name", ["below_four", "below_three", "gets_lost_late"])
def test_a_property_that_is_violated_exits_with_1(board: System, name: str) -> None:
    result = search(board, name)
    assert only(result).verdict == "violated"
    assert result.exit_code == 1


def test_a_property_that_the_model_does_not_have(board: System) -> None:
    with pytest.raises(UsageError) as error:
        search(board, "below_for")
    assert "switchboard has no property below_for" in str(error.value)
    assert "below_four" in error.value.cure


# -- where the search stops


def test_the_question_ends_the_search_and_lesser_violations_do_not(board: System) -> None:
    result = search(board)
    assert result.stopped == "the first violation was found"
    assert result.checked == 4
    assert {f.name for f in result.findings if f.verdict == "violated"} == {
        "below_four", "below_three", "on_the_road", "never_from_two_to_three",
    }  # fmt: skip
    held = result.finding("in_range")
    assert held is not None
    assert (held.verdict, held.reach) == ("holds within bounds", "to depth 4")


def test_without_a_question_every_failure_ends_the_search(tmp_path: Path) -> None:
    system = lift_text(tmp_path, SWITCHBOARD.replace("question=True", ""))
    assert search(system).checked == 3


def test_a_name_that_is_given_ends_the_search_whatever_the_question(board: System) -> None:
    assert search(board, "below_three").checked == 3
    assert search(board, "below_three", "below_four").checked == 3


def test_keep_going_reaches_the_end(board: System) -> None:
    assert search(board, keep_going=True).complete


def test_a_deadlock_that_is_asked_for_ends_the_search(board: System) -> None:
    result = search(board, "in_range", deadlock=True)
    assert [f.verdict for f in result.findings][-1] == "violated"
    assert result.stopped == "the first violation was found"


# -- informative properties


def test_an_informative_violation_is_shown_and_is_no_failure(board: System) -> None:
    for name in ("on_the_road", "never_from_two_to_three"):
        result = search(board, name, keep_going=True)
        assert only(result).verdict == "violated"
        assert only(result).trace is not None
        assert not only(result).fails
        assert result.exit_code == 0


# -- sometimes


def test_a_witness_is_a_shortest_trace(board: System) -> None:
    finding = only(search(board, "gets_to_five"))
    assert finding.trace is not None
    assert finding.trace.text.endswith(": up up up up up")
    assert finding.shortest


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_never_reached_is_violated_only_by_a_finished_search(
    board: System, engine: EngineName
) -> None:
    complete = search(board, engine=engine, keep_going=True).finding("gets_lost_late")
    assert complete is not None
    assert complete.verdict == "violated"
    assert complete.trace is None
    limited = search(board, engine=engine, keep_going=True, depth=3).finding("gets_lost_late")
    assert limited is not None
    assert (limited.verdict, limited.reach) == ("unknown", "not reached to depth 3")


def test_a_witness_that_is_not_reached_in_time_exits_with_3(board: System) -> None:
    result = search(board, "gets_to_five", depth=3)
    assert only(result).verdict == "unknown"
    assert result.exit_code == 3


def test_a_witness_within_the_bounds_is_a_witness(board: System) -> None:
    result = search(board, "gets_to_five", depth=5)
    assert only(result).verdict == "holds"
    assert result.exit_code == 0


# -- what needs all states


@pytest.mark.parametrize("name", ["can_get_to_five", "leaves_zero"])
def test_a_violation_ends_the_search_before_these_are_looked_at(board: System, name: str) -> None:
    finding = search(board).finding(name)
    assert finding is not None
    assert (finding.verdict, finding.looked, finding.states) == ("unknown", False, None)
    assert finding.reach == (
        f"not looked at: the search stopped early; ask with --property {name} or --keep-going"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_asked_by_name_no_violation_ends_the_search(board: System, engine: EngineName) -> None:
    result = search(board, "can_get_to_five", "leaves_zero", "below_three", engine=engine)
    assert result.complete
    assert {f.name: f.verdict for f in result.findings} == {
        "below_three": "violated",
        "can_get_to_five": "violated",
        "leaves_zero": "holds",
    }


def test_a_search_that_comes_to_its_end_answers_them_unasked() -> None:
    result = search(load("two_phase_commit").lift())
    decided = result.finding("decided")
    assert decided is not None
    assert (decided.verdict, decided.looked) == ("holds", True)
    assert result.exit_code == 0


# -- deadlocks and ends


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deadlock_is_counted_always_and_a_violation_only_when_asked(
    board: System, engine: EngineName
) -> None:
    quiet = search(board, engine=engine, keep_going=True)
    assert quiet.statistics.deadlocks == 1
    assert quiet.finding("deadlock") is None
    loud = search(board, engine=engine, keep_going=True, deadlock=True)
    finding = loud.finding("deadlock")
    assert finding is not None
    assert finding.trace is not None
    assert finding.trace.text.endswith(": up up leave")


def test_an_end_is_no_deadlock(tmp_path: Path) -> None:
    text = SWITCHBOARD + " or s.side\n"
    result = search(lift_text(tmp_path, text), "in_range", deadlock=True)
    assert (result.statistics.ends, result.statistics.deadlocks) == (2, 0)
    finding = result.finding("deadlock")
    assert finding is not None
    assert (finding.verdict, finding.reach) == ("holds", "complete")
    assert result.exit_code == 0


def test_without_an_end_every_state_without_a_successor_is_a_deadlock(tmp_path: Path) -> None:
    text = SWITCHBOARD[: SWITCHBOARD.index("        @end")]
    result = search(lift_text(tmp_path, text), "in_range")
    assert (result.statistics.ends, result.statistics.deadlocks) == (0, 2)


def test_an_end_with_a_successor_is_not_counted(tmp_path: Path) -> None:
    text = SWITCHBOARD + " or s.n == 4\n"
    assert search(lift_text(tmp_path, text), "in_range").statistics.ends == 1


@pytest.mark.parametrize(
    ("model", "given"), [("peterson", {}), ("dynamodb_dns", {"crashes": True})]
)
def test_what_can_always_go_on_has_no_deadlock(model: str, given: dict[str, bool]) -> None:
    result = search(load(model).lift(**given), keep_going=True, deadlock=True)
    finding = result.finding("deadlock")
    assert finding is not None
    assert (finding.verdict, result.statistics.deadlocks) == ("holds", 0)


# -- violations at the very start


@pytest.mark.parametrize("engine", PYTHONS)
def test_an_initial_state_may_violate(tmp_path: Path, engine: EngineName) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def born_bad():
            class S(State):
                a = var(bool, start=one_of(False, True))
            @step
            def swap(s):
                s.a = not s.a
            @always
            def off(s):
                return not s.a
        """,
    )
    finding = only(search(system, engine=engine))
    assert finding.length == 0
    assert finding.trace is not None
    assert finding.trace.text.rstrip().endswith("[a=true]:")


@pytest.mark.parametrize("engine", PYTHONS)
def test_a_property_of_a_step_may_speak_of_the_state_after_alone(
    tmp_path: Path, engine: EngineName
) -> None:
    """Here `down` leaves the variable alone that the property reads."""
    system = lift_text(
        tmp_path,
        """
        @model
        def lamp():
            class S(State):
                a = var(bool, start=True)
                b = var(bool, start=False)
            @step
            def up(s):
                require(not s.b)
                s.b = True
            @step
            def down(s):
                s.a = False
            @every_step
            def b_is_off(before, after):
                return not after.b
        """,
    )
    finding = only(search(system, engine=engine))
    assert (finding.verdict, finding.length) == ("violated", 1)


def test_a_property_may_be_called_deadlock_or_may_not(tmp_path: Path) -> None:
    """Whichever it is, it is not taken for the states without a successor."""
    text = SWITCHBOARD.replace("def in_range(s)", "def deadlock(s)")
    try:
        result = search(lift_text(tmp_path, text), deadlock=True, keep_going=True)
    except (ModelError, UsageError):
        return
    assert [(f.kind, f.verdict) for f in result.findings if f.name == "deadlock"] == [
        ("always", "holds"),
        ("deadlock", "violated"),
    ]


NESTED = """
    @model
    def ring():
        class Seat(Range, low=0, high=9): ...
        class S(State):
            marked = var(bool, per=Seat, start=False)
            last = var(Seat, start=0)
        @step
        def mark(s):
            require(s.last < 9)
            s.marked[s.last] = True
            s.last += 1
        @always
        def no_two(s):
            return not any(p != q and s.marked[p] and s.marked[q] for p in Seat for q in Seat)
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_quantifier_inside_of_one_over_a_large_domain(tmp_path: Path, engine: EngineName) -> None:
    """Such a quantifier is a loop of its own, and the one inside has its own variable."""
    result = explore(lift_text(tmp_path, NESTED), Request(engine=engine))
    assert [(f.verdict, f.length) for f in result.findings] == [("violated", 2)]
