"""The pytest plugin, run by pytest: what a user's test looks like, and how it fails."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from dnsrace.template import write_template

pytest_plugins = ["pytester"]

HEADLINE = (
    "never_oversold is violated after 4 steps, and never earlier: No more tickets are sold than "
    "there are."
)
STORY = """\
  1  clerk 0  sees that only 0 of 1 are sold
  2  clerk 1  sees that only 0 of 1 are sold
  3           sells a ticket; 1 sold now
  4  clerk 0  sells a ticket; 2 sold now

  see it again:  dnsrace replay './my_model.py(): look(0) look(1) sell(1) sell(0)'
  its schedule:  0 1*2 0
"""
TESTS = """\
import pytest
from dnsrace.testing import check_model

def test_race():
    check_model("./my_model.py")

def test_fix():
    check_model("./my_model.py", fixed=True)

def test_hunted():
    check_model("./my_model.py", fixed=True, walks=50)
"""


@pytest.fixture
def shop(pytester: pytest.Pytester) -> pytest.Pytester:
    """A directory with the model that `dnsrace new` writes."""
    write_template(pytester.path / "my_model.py")
    return pytester


def run(shop: pytest.Pytester, *args: str) -> pytest.RunResult:
    """In a process of its own: a run inside this one forgets what it has imported when it is over,
    and numpy cannot be imported twice."""
    return shop.runpytest_subprocess("-p", "no:cacheprovider", *args)


# -- reports for people


@pytest.mark.parametrize("style", ["auto", "short", "line"])
def test_a_violation_is_told_without_a_traceback(shop: pytest.Pytester, style: str) -> None:
    shop.makepyfile(test_shop=TESTS)
    done = run(shop, f"--tb={style}")
    done.assert_outcomes(passed=2, failed=1)
    text = done.stdout.str()
    assert f"{HEADLINE}\n" in text
    # a line is a line in older versions of pytest
    assert STORY in text or style == "line"
    assert "Traceback" not in text
    assert "check_model(" not in text.partition("warnings summary")[0]
    done.stdout.fnmatch_lines(["FAILED test_shop.py::test_race - dnsrace.testing.Violated: never*"])


def test_what_passes_says_what_a_pass_means(shop: pytest.Pytester) -> None:
    shop.makepyfile(TESTS)
    done = run(shop)
    done.stdout.fnmatch_lines(
        [
            "*::test_fix",
            "  ./my_model.py(atomic=true), explore: holds: all * distinct states explored",
            "*::test_hunted",
            "  ./my_model.py(atomic=true), hunt: unknown: 50 walks, nothing found; no proof: *",
        ]
    )
    quiet = run(shop, "-q")
    assert "::test_fix" not in quiet.stdout.str()
    quiet.stdout.fnmatch_lines(
        ["dnsrace: in tests that passed, 2 checks: 1 hold, 1 found nothing (no proof)"]
    )


def test_two_workers_tell_the_same(shop: pytest.Pytester) -> None:
    shop.makepyfile(TESTS)
    done = run(shop, "-n", "2", "--dnsrace-json", "out.json", "--junitxml", "out.xml")
    done.assert_outcomes(passed=2, failed=1)
    assert STORY in done.stdout.str()
    done.stdout.fnmatch_lines(["  ./my_model.py(atomic=true), explore: holds: *"])
    tests = json.loads((shop.path / "out.json").read_text())["tests"]
    assert [test["test"].split("::")[1] for test in tests] == [
        "test_fix",
        "test_hunted",
        "test_race",
    ]
    assert "dnsrace.verdict" in (shop.path / "out.xml").read_text()


def test_unittest_and_parts_of_a_test(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        """
        import unittest
        from dnsrace.testing import check_model

        class TestShop(unittest.TestCase):
            def test_race(self):
                check_model("./my_model.py")

            def test_parts(self):
                for clerks in (2, 3):
                    with self.subTest(clerks=clerks):
                        check_model("./my_model.py", clerks=clerks)
        """
    )
    text = run(shop).stdout.str()
    # before pytest 9, the first part that fails ends the test
    assert text.count(HEADLINE) >= 2
    assert "Traceback" not in text


def test_plain_unittest_needs_no_pytest(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        test_plain="""
        import sys, unittest
        from dnsrace.testing import check_model

        class TestShop(unittest.TestCase):
            def test_race(self):
                assert "pytest" not in sys.modules
                check_model("./my_model.py")
        """
    )
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "test_plain"], capture_output=True, text=True,
        timeout=60, cwd=shop.path,
    )  # fmt: skip
    assert HEADLINE in done.stderr
    assert STORY in done.stderr


# -- the mark


def test_a_mark_checks_before_the_body(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        """
        import pytest

        @pytest.mark.dnsrace("./my_model.py", clerks=2)
        def test_race():
            print("the body is run")

        @pytest.mark.dnsrace("./my_model.py", fixed=True, seed=4, walks=30)
        def test_fix():
            print("the body is run")
        """
    )
    done = run(shop, "-rP", "--strict-markers")
    done.assert_outcomes(passed=1, failed=1)
    assert HEADLINE in done.stdout.str()
    assert done.stdout.str().count("the body is run\n") == 1


WRONG = [
    ("'./my_model.py', 3", "pytest.mark.dnsrace: too many positional arguments"),
    ("'./my_modle.py'", "there is no file ./my_modle.py"),
    ("'./my_model.py', clerk=2", "my_model has no parameter clerk"),
    ("'./my_model.py', clerks=0", "--clerks: 0 is not allowed"),
    ("'./my_model.py', engine='magic'", "engine='magic' is not one"),
    ("'./my_model.py', profile='long'", "profile='long' is not one"),
    ("'./my_model.py', walks=0", "walks=0 is not allowed"),
    ("'./my_model.py', seed='7'", "seed='7' is not allowed"),
    ("'./my_model.py', walks=5, depth=3", 'depth is nothing for engine="hunt"'),
    ("'./my_model.py', walks=5, engine='explore'", 'walks is nothing for engine="explore"'),
    ("'./my_model.py', properties='sold'", "my_model has no property sold"),
    ("'./my_model.py', replay='who?(3'", "'who?(3' is no entry of a schedule"),
    ("'./my_model.py', replay='7'", "the schedule names 7, and there is no such process"),
    ("'./my_model.py', replay='./my_model.py(): look(0)'", "names its model itself"),
    ("replay='0 1'", "the schedule to replay names no model"),
    ("", "there is no model to check"),
]
"""Arguments of the mark, and the sentence that refuses them."""


def test_wrong_arguments_are_refused_with_a_sentence(shop: pytest.Pytester) -> None:
    tests = [
        f"@pytest.mark.dnsrace({arguments})\ndef test_{number}(): pass\n"
        for number, (arguments, _) in enumerate(WRONG)
    ]
    shop.makepyfile("import pytest\n" + "\n".join(tests))
    done = run(shop)
    done.assert_outcomes(failed=len(WRONG))
    text = done.stdout.str()
    assert "Traceback" not in text
    assert "check_model" not in text
    told = re.split(r"^_+ test_\d+ _+$", text, flags=re.M)[1:]
    for (_, sentence), section in zip(WRONG, told, strict=True):
        assert sentence in section
        assert "\n  cure: " in section


# -- programs


def test_junit_has_properties(shop: pytest.Pytester) -> None:
    shop.makepyfile(TESTS)
    run(shop, "--junitxml", "out.xml")
    cases = {
        case.get("name"): {p.get("name"): p.get("value") for p in case.iter("property")}
        for case in ElementTree.parse(shop.path / "out.xml").iter("testcase")
    }
    race, hunted = cases["test_race"], cases["test_hunted"]
    assert race["dnsrace.violated"] == "never_oversold"
    assert race["dnsrace.schedule"] == "./my_model.py(): schedule: 0 1*2 0"
    assert "dnsrace.seed" not in race
    assert (hunted["dnsrace.verdict"], hunted["dnsrace.walks"]) == ("unknown", "50")
    assert hunted["dnsrace.seed"] == "0"
    assert "atomic=true" in str(hunted["dnsrace.parameters"])


def test_json_has_an_entry_for_each_test(shop: pytest.Pytester) -> None:
    shop.makepyfile(TESTS + "\ndef test_else(): pass\n")
    run(shop, "--dnsrace-json", "out.json")
    data = json.loads((shop.path / "out.json").read_text())
    assert data["schema_version"] == 1
    tests = {test["test"].split("::")[1]: test for test in data["tests"]}
    assert list(tests) == ["test_fix", "test_hunted", "test_race"]
    [check] = tests["test_race"]["checks"]
    assert tests["test_race"]["outcome"] == "failed"
    assert (check["verdict"], check["violated"], check["steps"]) == (
        "violated",
        "never_oversold",
        4,
    )
    assert check["shortest"] is True
    assert check["trace"] == "./my_model.py(): look(0) look(1) sell(1) sell(0)"


def test_what_hypothesis_finds_is_in_the_json_too(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        """
        from dnsrace.loader import load
        from dnsrace.testing import machine

        TestStateful = machine(load("./my_model.py").lift(), derandomize=True).TestCase
        """
    )
    done = run(shop, "--dnsrace-json", "out.json", "-k", "stateful")
    done.assert_outcomes(failed=1)
    assert STORY in done.stdout.str()
    [test] = json.loads((shop.path / "out.json").read_text())["tests"]
    assert test["test"].endswith("TestStateful::runTest")
    assert [check["violated"] for check in test["checks"]] == ["never_oversold"]


# -- options


def test_options_hold_where_the_test_says_nothing(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        """
        from dnsrace.testing import check_model

        def test_of_the_options():
            found = check_model()
            assert (found.engine, found.seed, found.parameters["clerks"]) == ("hunt", 5, 3)

        def test_that_says_it_itself():
            found = check_model("./my_model.py", fixed=True, seed=6, walks=10)
            assert (found.seed, found.walks, found.parameters["clerks"]) == (6, 10, 2)
            assert check_model("./my_model.py", fixed=True, engine="explore").walks is None
        """
    )
    options = (
        "--dnsrace-model=./my_model.py --dnsrace-set=clerks=3 --dnsrace-fixed --dnsrace-seed=5"
    )
    run(shop, *options.split(), "--dnsrace-engine=hunt").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--dnsrace-set=clerks", "--dnsrace-set: 'clerks' is not NAME=VALUE"),
        ("--dnsrace-seed=many", "--dnsrace-seed: 'many' is no seed"),
        ("--dnsrace-json=no/where.json", "--dnsrace-json: 'no/where.json' cannot be written"),
        ("--dnsrace-engine=magic", "invalid choice: 'magic'"),
    ],
)
def test_wrong_options_are_refused_with_a_sentence(
    shop: pytest.Pytester, option: str, sentence: str
) -> None:
    done = run(shop, option)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stderr.str()
    assert "Traceback" not in done.stderr.str()


# -- the module that hunts in any model


def shipped(shop: pytest.Pytester, *args: str) -> pytest.RunResult:
    return run(shop, "--pyargs", "dnsrace.testing.hunt", "-k", "stateful", *args)


def test_a_model_is_hunted_in_by_its_name(shop: pytest.Pytester) -> None:
    done = shipped(shop, "--dnsrace-model", "./my_model.py")
    done.assert_outcomes(failed=1)
    assert STORY in done.stdout.str()
    done.stdout.fnmatch_lines(["*test_stateful*never_oversold*"])
    fixed = ["--dnsrace-model=./my_model.py", "--dnsrace-fixed", "--dnsrace-engine=explore"]
    passed = shipped(shop, *fixed)
    passed.assert_outcomes(passed=2)
    passed.stdout.fnmatch_lines(["*explore: holds: all * distinct states explored"])


def test_it_works_with_two_workers(shop: pytest.Pytester) -> None:
    options = ["--dnsrace-model=dynamodb_dns", "--dnsrace-set=enactors=2", "-n", "2"]
    done = shipped(shop, *options)
    done.assert_outcomes(failed=2)
    for name, steps in (("no_empty_answer", 14), ("rollback_ready", 8)):
        assert f"{name} is violated after {steps} steps, and never earlier" in done.stdout.str()


@pytest.mark.parametrize("text", ["0 1*2 0", "./my_model.py(): look(0) look(1) sell(1) sell(0)"])
def test_one_behaviour_is_replayed(shop: pytest.Pytester, text: str) -> None:
    (shop.path / "schedule.txt").write_text(text)
    model = [] if "(" in text else ["--dnsrace-model=./my_model.py"]
    given = "schedule.txt" if model else text
    done = shipped(shop, "--dnsrace-replay", given, *model)
    done.assert_outcomes(failed=1)
    assert "./my_model.py(), replay: after 4 steps of what was replayed" in done.stdout.str()


def test_a_calm_behaviour_passes(shop: pytest.Pytester) -> None:
    done = shipped(shop, "--dnsrace-replay", "0 1", "--dnsrace-model=./my_model.py")
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["*one behaviour of 2 steps, nothing found; no proof"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "there is no model to check"),
        (["--dnsrace-model=./mine.py"], "there is no file ./mine.py"),
        (["--dnsrace-model=./my_model.py", "--dnsrace-set=clerk=3"], "has no parameter clerk"),
        (["--dnsrace-model=./my_model.py", "--dnsrace-set=clerks=x"], "'x' is not allowed"),
        (["--dnsrace-set=clerks=3", "--dnsrace-replay=x(): a"], "there is no model to check"),
    ],
)
def test_what_cannot_be_hunted_in_is_a_sentence(
    shop: pytest.Pytester, options: list[str], sentence: str
) -> None:
    text = shipped(shop, *options).stdout.str()
    assert sentence in text
    assert "\n  cure: " in text
    assert "Traceback" not in text


# -- what a run of pytest pays for the plugin


def test_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import pytest, sys\nbefore = set(sys.modules)\nimport dnsrace.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    ours = {name for name in done.stdout.split() if name.startswith("dnsrace")}
    assert ours == {
        "dnsrace", "dnsrace.errors", "dnsrace.testing", "dnsrace.testing.options",
        "dnsrace.testing.outcome", "dnsrace.testing.plugin", "dnsrace.testing.summary",
    }  # fmt: skip
    roots = {name.split(".")[0] for name in done.stdout.split()}
    assert not roots & {"hypothesis", "numpy", "rich", "typer", "llvmlite", "networkx", "psutil"}
    assert len(done.stdout.split()) < 20, done.stdout
