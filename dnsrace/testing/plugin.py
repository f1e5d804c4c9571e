"""The pytest plugin: options, a mark, violations as timelines, and results for programs.

It is loaded in every run of pytest, so it imports nothing that takes long.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from dnsrace.errors import DnsraceError, InternalError
from dnsrace.testing import check_model
from dnsrace.testing.options import Options, assignments, pop, push
from dnsrace.testing.outcome import CheckFailed, Outcome, recorded
from dnsrace.testing.summary import Summary, junit_properties

LARGEST_SEED = (1 << 63) - 1
MARK = "dnsrace(model, **arguments): check a model, as dnsrace.testing.check_model, before the body"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the group dnsrace."""
    group = parser.getgroup("dnsrace", "races in protocols: dnsrace")
    helps = {
        "model": "A built-in model, or the path of a file: for dnsrace.testing.hunt, and for "
        "checks that name none.",
        "set": "A parameter of this model; may be repeated.",
        "fixed": "Take this model's fixed variant.",
        "replay": "Run this schedule or trace, or the one in this file, in place of searching "
        "this model.",
        "engine": "explore (every state) or hunt (random walks), for checks that do not say.",
        "profile": "How long a hunt may take, where the test does not say: quick (10 s), ci (a "
        "minute), hunt (8 hours).",
        "seed": "The seed of hunts where the test does not say, or `random`; default: 0.",
        "json": "Write what was checked as JSON.",
    }
    kinds: dict[str, dict[str, Any]] = {
        "model": {"metavar": "MODEL"},
        "set": {"metavar": "NAME=VALUE", "action": "append", "default": []},
        "fixed": {"action": "store_true"},
        "replay": {"metavar": "SCHEDULE"},
        "engine": {"choices": ("explore", "hunt")},
        "profile": {"choices": ("quick", "ci", "hunt")},
        "seed": {"metavar": "N"},
        "json": {"metavar": "PATH"},
    }
    for name, kind in kinds.items():
        group.addoption(f"--dnsrace-{name}", help=helps[name], **kind)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options. Raises pytest.UsageError."""
    config.addinivalue_line("markers", MARK)
    try:
        options = _options(config)
    except DnsraceError as error:
        raise pytest.UsageError(str(error)) from None
    push(options)
    config.add_cleanup(pop)
    target = config.getoption("--dnsrace-json")
    if target and (not Path(target).parent.is_dir() or Path(target).is_dir()):
        raise pytest.UsageError(
            f"--dnsrace-json: {target!r} cannot be written\n"
            "  cure: give the path of a file, in a folder that exists"
        )
    # with xdist, the one that gathers the others' reports writes
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Summary(target), "dnsrace-summary")


def _options(config: pytest.Config) -> Options:
    get = config.getoption
    replay = get("--dnsrace-replay")
    if replay and len(replay) < 4096 and Path(replay).is_file():
        try:
            replay = Path(replay).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise pytest.UsageError(
                f"--dnsrace-replay: {replay} cannot be read as text\n"
                "  cure: give a trace in quotes, or the path of a text file with one"
            ) from None
    return Options(
        get("--dnsrace-model"), assignments(get("--dnsrace-set")), get("--dnsrace-fixed"), replay,
        get("--dnsrace-engine"), get("--dnsrace-profile"), _seed(get("--dnsrace-seed")),
    )  # fmt: skip


def _seed(text: str | None) -> int | None:
    if text == "random":
        import secrets

        return secrets.randbelow(LARGEST_SEED)
    if text is None or (text.isdecimal() and int(text) <= LARGEST_SEED):
        return None if text is None else int(text)
    raise pytest.UsageError(
        f"--dnsrace-seed: {text!r} is no seed\n  cure: give 0 to 2^63 - 1, or random"
    )


OUTCOMES = pytest.StashKey[list[Outcome]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Do what the mark says, then the test; remember what was checked."""
    with recorded() as outcomes:
        item.stash[OUTCOMES] = outcomes
        _check_mark(item)
        yield


def _check_mark(item: pytest.Item) -> None:
    __tracebackhide__ = True
    mark = item.get_closest_marker("dnsrace")
    if mark is None:
        return
    wrong = ""
    try:
        inspect.signature(check_model).bind(*mark.args, **mark.kwargs)
    except TypeError as error:
        wrong = f"pytest.mark.dnsrace: {error}\n  cure: give it a model and named arguments"
    if wrong:
        pytest.fail(wrong, pytrace=False)
    check_model(*mark.args, **mark.kwargs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed check is told by its own text, without a traceback; the same for a user's error."""
    report = yield
    error = call.excinfo
    if error is not None and report.failed and _tells_itself(error.value):
        report.longrepr = error.getrepr(style="value", chain=False)
    if call.when == "call":
        outcomes = item.stash.get(OUTCOMES, [])
        if error is not None and isinstance(error.value, CheckFailed):
            # Hypothesis runs what fails several times: nothing is recorded there
            outcomes += [error.value.outcome] * (error.value.outcome not in outcomes)
        # JUnit's XML is written from the report of the teardown, which takes over the item's
        item.user_properties += junit_properties(outcomes)
        report.user_properties = list(item.user_properties)
        # a plain attribute, since xdist carries these along
        report.dnsrace = [outcome.data for outcome in outcomes]  # type: ignore[attr-defined]
    return report


def _tells_itself(error: BaseException) -> bool:
    ours = isinstance(error, (CheckFailed, DnsraceError))
    return ours and not isinstance(error, InternalError)
