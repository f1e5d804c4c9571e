"""What people read says what was found, whatever a model's author has written in it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from support import load_text

from dnsrace.check import check
from dnsrace.engines.request import Limits, Request
from dnsrace.findings.explain import WayOut, explain
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.findings.verdicts import Progress
from dnsrace.loader import load
from dnsrace.model.language import Model
from dnsrace.reports.models import print_model, print_models
from dnsrace.reports.progress import progress_line, progress_text
from dnsrace.reports.replayed import print_replayed
from dnsrace.reports.terminal import print_report, way_out_text


def printed(what: object, *args: object, width: int = 150) -> str:
    """What one of the reports prints."""
    file = io.StringIO()
    what(Console(file=file, width=width, highlight=False), *args)  # type: ignore[operator]
    return file.getvalue()


def report(model: Model, given: dict[str, object] | None = None, **request: object) -> str:
    asked = Request(**{"engine": "python", **request})  # type: ignore[arg-type]
    return printed(print_report, check(model, given or {}, asked))


def conclusion(text: str) -> str:
    return text.rstrip().splitlines()[-1]


# -- the last line


def test_when_all_holds() -> None:
    text = report(load("two_phase_commit"))
    assert conclusion(text) == "Every property that was checked holds on the whole space."
    assert "COMPLETE: every reachable state was explored" in text


def test_when_something_is_violated() -> None:
    assert conclusion(report(load("dynamodb_dns"))).startswith("Violated: no_empty_answer")


def test_when_nothing_is_decided() -> None:
    text = report(load("dynamodb_dns"), names=("no_empty_answer",), limits=Limits(depth=5))
    assert conclusion(text).startswith("Not decided: no_empty_answer. This is no proof")
    assert "INCOMPLETE: every state up to depth 5 was checked; nothing is known beyond" in text
    assert "holds within bounds: to depth 5" in text


@pytest.mark.parametrize("keep_going", [True, False])
def test_an_informative_violation_is_not_called_holding(keep_going: bool) -> None:
    """It is no failure; but neither does the property hold, nor was the whole space searched."""
    text = report(load("dynamodb_dns"), names=("no_regression",), keep_going=keep_going)
    assert "violated (informative): a shortest violation, 11 steps" in text
    assert "Every property that was checked holds" not in text


def test_an_informative_violation_that_is_asked_for_by_name_is_shown() -> None:
    text = report(load("dynamodb_dns"), names=("no_regression",))
    assert "dnsrace replay 'dynamodb_dns(): publish" in text


def test_what_was_not_looked_at_is_not_called_holding() -> None:
    limits = Limits(depth=5)
    text = report(load("dynamodb_dns"), names=("recoverable",), limits=limits)
    assert conclusion(text).startswith("Not decided: recoverable.")
    assert "unknown: no trap is closed to depth 5" in " ".join(text.split())
    text = report(load("dynamodb_dns"), {"freshness": "in_batch"}, limits=limits)
    assert "recoverable" not in conclusion(text)


# -- the fixed variant


def test_a_fix_that_helps() -> None:
    text = " ".join(report(load("peterson"), {"entry": "flag_only"}).split())
    assert "With the fix (--entry flag_first): ruled out: all 42 distinct states explored" in text


def test_a_fix_that_does_not_help(tmp_path: Path) -> None:
    model = load_text(tmp_path, TICKETS.replace("if careful", "if False and careful"))
    text = " ".join(report(model).split())
    assert "With the fix (--careful): violated even so: never_two" in text


def test_a_fix_that_is_not_finished() -> None:
    text = " ".join(report(load("dynamodb_dns"), limits=Limits(states=900)).split())
    assert "With the fix (--freshness in_batch --cleaner transactional" in text
    assert "not finished after" in text
    assert "run it with --fixed to know" in text


TICKETS = """
    @model(fixed={"careful": True})
    def tickets(careful: Annotated[bool, "look again"] = False):
        '''Sells.'''
        class Count(Range, low=0, high=2): ...
        class S(State):
            sold = var(Count, start=0)
        @step
        def sell(s):
            require(s.sold < 2)
            if careful:
                require(s.sold < 1)
            s.sold += 1
        @always
        def never_two(s):
            return s.sold < 2
"""


# -- words of the author's that look like something else


BRACKETS = """
    @model(fixed={"off": True})
    def lamps(off: Annotated[bool, "no [x] lamp, [/bold] really"] = False):
        '''Lamps [x] in a [bold]row[/bold] [/x].'''
        class Color(enum.Enum):
            RED, GREEN = range(2)
        class S(State):
            lit = var(bool, per=Color, start=False)
            last = var(Color, start=Color.RED)
        @step
        def light(s, c: Color):
            '''Turns lit[c] on [/c].'''
            require(not off)
            s.lit[c] = True
            say(f"turns [c] lit[{c}] on [/c]")
        @step
        def forget(s, c: Color):
            require(not s.lit[c])
            s.lit[c] = False
            s.last = Color.GREEN
        @step(actor="[actor] [/actor]")
        def watch(s):
            s.last = Color.RED
        @always
        def dark(s):
            '''No lit[c] is on [/c].'''
            return not (s.lit[Color.GREEN] and s.last == Color.GREEN)
        @column(title="[title] [/title]")
        def shown(s):
            return f"lit[red] {s.lit[Color.RED]} [/red]"
        @outcome(dark)
        def outside(s):
            return "lit[green] [/green]"
"""


@pytest.fixture
def lamps(tmp_path: Path) -> Model:
    return load_text(tmp_path, BRACKETS, "lamps")


def test_brackets_in_a_report(lamps: Model) -> None:
    text = report(lamps)
    for words in (
        "turns [c] lit[green] on [/c]", "lit[red] False [/red]", "[title] [/title]",
        "No lit[c] is on [/c].", "lit[green] [/green]",
    ):  # fmt: skip
        assert words in text


def test_brackets_in_a_replayed_trace(lamps: Model) -> None:
    system = lamps.lift()
    trace = replay(system, read(f"{lamps.reference}(): light(red) forget(green) watch"))
    text = printed(print_replayed, explain(trace))
    for words in (
        "turns [c] lit[red] on [/c]", "[actor] [/actor]", "forget(green): last: red -> green",
    ):  # fmt: skip
        assert words in text


def test_brackets_in_what_show_prints(lamps: Model) -> None:
    text = printed(print_model, lamps.lift(), True)
    for words in (
        "Lamps [x] in a [bold]row[/bold] [/x].", "no [x] lamp, [/bold] really",
        "Turns lit[c] on [/c].", "No lit[c] is on [/c].",
    ):  # fmt: skip
        assert words in text


def test_brackets_in_the_list_of_models(lamps: Model) -> None:
    assert "Lamps [x] in a [bold]row[/bold] [/x]." in printed(print_models, [lamps])


def test_an_index_that_is_a_word_is_shown(tmp_path: Path) -> None:
    """Without wording of its own a step says what it changes: `lit[red]`, not `lit`."""
    model = load_text(tmp_path, BRACKETS.replace('say(f"turns [c] lit[{c}] on [/c]")', "pass"))
    system = model.lift()
    trace = replay(system, read(f"{model.reference}(): light(red)"))
    text = printed(print_replayed, explain(trace))
    assert "light(red): lit[red]: false -> true" in text


# -- one and many


def test_one_step_is_not_called_steps(tmp_path: Path) -> None:
    model = load_text(tmp_path, TICKETS.replace("return s.sold < 2", "return s.sold < 1"))
    text = report(model)
    assert "VIOLATED never_two after 1 step" in text
    assert "1 steps" not in text


# -- the way out in words


def test_the_way_out_in_words() -> None:
    system = load("peterson").lift()
    trace = replay(system, read("peterson(): wake(0) raise_flag(0) give_turn(0)"))
    what = explain(trace)

    def said(way: WayOut) -> str:
        return way_out_text(what, way)

    assert said(WayOut(2, "wake(1)", True)) == (
        "Only with the last step, step 3, give_turn(0): until then it could still be avoided. Had "
        "wake(1) come first, the system could come to rest without it."
    )
    assert said(WayOut(0, "wake(1)", False)) == (
        "With step 1, wake(0): from there on every behaviour leads here. Had wake(1) come first, "
        "the system could go on for ever without it."
    )
    assert said(WayOut(0, "wake(1)", False, searched=False)).startswith(
        "Not before step 1, wake(0): until then it could still be avoided."
    )
    assert said(WayOut(0, "", False, searched=False)) == (
        "Not known: too many behaviours to look at."
    )


# -- progress


def test_progress_in_words() -> None:
    progress = Progress(31, 4_200_000, 300_000, 0.5, 85 << 20, "numba")
    assert progress_text(progress) == (
        "depth 31, 4,200,000 states, 300,000 waiting, 8.40 million/s, 85 MiB (numba)"
    )
    assert "0.00 million/s" in progress_text(Progress(0, 1, 1, 0.0, 0, "python"))


def test_without_a_terminal_nobody_listens() -> None:
    with progress_line(Console(file=io.StringIO()), progress_text) as listener:
        assert listener is None


def test_a_long_list_of_paths_is_cut_and_counted(tmp_path: Path) -> None:
    model = load_text(
        tmp_path,
        """
        @model
        def toy():
            class I(Range, low=0, high=4): ...
            class S(State):
                up = var(bool, per=I, start=False)
                x = var(I, start=0)
            @step
            def f(s):
                for i in I:
                    if s.up[i]:
                        s.x = i
                s.up[s.x] = False
        """,
    )
    text = " ".join(report(model).split())
    assert text.count("f (line ") == 20
    assert "and 11 more, which --json lists" in text
