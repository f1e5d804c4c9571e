"""The targets by name, and what an export consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dnsrace.errors import UsageError
from dnsrace.model.system import System

TARGETS = {"tla": ".tla", "promela": ".pml", "murphi": ".m"}
"""Each target with the ending of its files."""


@dataclass(frozen=True)
class Exported:
    """A file's text; and for what goes beside it, the ending and the text of each file.

    `alone` is all of that in one text.
    """

    text: str
    beside: dict[str, str] = field(default_factory=dict)
    alone: str = ""

    def files(self, path: str) -> dict[str, str]:
        """All texts by their paths, when the file itself goes to `path`."""
        others = {str(Path(path).with_suffix(end)): text for end, text in self.beside.items()}
        return {path: self.text, **others}


def export(system: System, target: str, path: str = "") -> Exported:
    """A system in the language of another model checker.

    Parameters
    ----------
    target: one of TARGETS.
    path: the file that the text is meant for; its name is in the instructions of the head.

    Raises UsageError for another target, ModelError for a model that the target cannot express.
    """
    ending = target_ending(target)
    stem = Path(path).stem
    if target == "tla":
        from dnsrace.exports.tla import module_name, tla, with_config

        if path and Path(path).suffix != ending:
            raise UsageError(
                f"{path}: a TLA+ module is in a file whose name ends with .tla",
                cure=f"write {Path(path).with_suffix(ending)}",
            )
        module, config = tla(system, stem or module_name(system))
        return Exported(module, {".cfg": config}, with_config(module, config))
    name = Path(path).name or f"{system.name}{ending}"
    if target == "promela":
        from dnsrace.exports.promela import promela

        text = promela(system, name)
    else:
        from dnsrace.exports.murphi import murphi

        text = murphi(system, name)
    return Exported(text, alone=text)


def target_ending(target: str) -> str:
    """The ending of a target's files. Raises UsageError for a target that there is not."""
    if target not in TARGETS:
        raise UsageError(
            f"there is no export {target}", cure=f"the targets are {', '.join(TARGETS)}"
        )
    return TARGETS[target]
