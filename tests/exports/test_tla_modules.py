"""TLA+ modules: a parser accepts them, the configuration asks for what they define, and whole
modules are as they were read by people. (TLC itself is not among the tools of the tests.)"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import tree_sitter
import tree_sitter_tlaplus
from agreement import random_models
from exports.odd_models import ODD, odd_model
from exports.settings import SETTINGS, Setting

from dnsrace.errors import DnsraceError
from dnsrace.exports.targets import Exported, export
from dnsrace.model.system import System


def parser() -> tree_sitter.Parser:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        language = tree_sitter.Language(tree_sitter_tlaplus.language())
    return tree_sitter.Parser(language)


def parses(text: str) -> bool:
    return not parser().parse(text.encode()).root_node.has_error


def check(exported: Exported) -> None:
    """The module and the text with its configuration are TLA+; what is asked for is defined."""
    assert parses(exported.text)
    assert parses(exported.alone)
    defined = re.findall(r"^(\w+)(?:\(.*?\))? ==", exported.text, re.M)
    assert len(defined) == len(set(defined))
    config = exported.beside[".cfg"]
    asked = re.findall(r"^(?:\\\* )?(?:SPECIFICATION|INVARIANT|PROPERTY|SYMMETRY) (\w+)$", config,
                       re.M)  # fmt: skip
    assert {"Spec", "TypeOK"} <= set(asked) <= set(defined)
    constants = re.search(r"^CONSTANTS (.*)$", exported.text, re.M)
    given = re.findall(r"^  (\w+) = \1$", config, re.M)
    assert given == (constants[1].split(", ") if constants else [])


def test_the_parser_refuses_what_is_no_module() -> None:
    good = export(SETTINGS[0].system, "tla").text
    assert parses(good)
    assert not parses(good.replace("Next ==", "Next =", 1))
    assert not parses(good.replace("THEN", "THAN", 1))


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_modules_of_built_in_models(setting: Setting) -> None:
    check(export(setting.system, "tla"))


@pytest.mark.parametrize("name", ODD)
def test_modules_of_odd_models(name: str, tmp_path: Path) -> None:
    check(export(odd_model(name, tmp_path), "tla"))


def random_systems() -> list[System]:
    found = []
    for seed in range(40):
        try:
            source = random_models.text(Random(seed), safe=seed % 2 == 0)
            found.append(random_models.made(source).lift())
        except DnsraceError:
            continue
    return found


def test_modules_of_random_models() -> None:
    systems = random_systems()
    assert len(systems) > 20
    for system in systems:
        check(export(system, "tla"))


# -- whole texts, as somebody has read them

WHOLE = [
    (Setting("dynamodb_dns", "enactors=2 endpoints=2 lock_expiry=true"), "tla"),
    (Setting("dynamodb_dns", "enactors=2 endpoints=2 lock_expiry=true"), "promela"),
    (Setting("dynamodb_dns", "enactors=2 endpoints=2 lock_expiry=true"), "murphi"),
    (Setting("ewd840", "nodes=2"), "tla"),
    (Setting("ewd840", "nodes=2"), "promela"),
    (Setting("ewd840", "nodes=2"), "murphi"),
    (Setting("peterson", ""), "tla"),
]


@pytest.mark.parametrize(("setting", "target"), WHOLE, ids=str)
def test_whole_exports(setting: Setting, target: str, golden: Callable[[str, str], None]) -> None:
    golden(f"export_{target}_{setting.model}", export(setting.system, target).alone)


@pytest.mark.parametrize("target", ["tla", "promela", "murphi"])
def test_whole_exports_of_odd_names(
    target: str, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    text = export(odd_model("names", tmp_path), target).alone
    golden(f"export_{target}_odd", text.replace(f"{tmp_path}/", ""))
