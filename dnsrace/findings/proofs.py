"""What a proof says: which queries were asked of a solver, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dnsrace.findings.explain import Explanation
from dnsrace.findings.verdicts import Finding
from dnsrace.model.system import State, System

QueryKind = Literal["initiation", "consecution", "safety"]


@dataclass(frozen=True)
class Query:
    """One question to the solver; `unsat` means that what it is about holds.

    Parameters
    ----------
    kind: initiation: every initial state satisfies these. Consecution: the step keeps these, from
        every state that satisfies all. Safety: in such states nothing leaves its domain, these
        properties of steps hold.
    step: the step, where it is about one.
    about: names of properties; empty for "no value leaves its domain".
    """

    kind: QueryKind
    step: str
    about: tuple[str, ...]
    answer: Literal["sat", "unsat", "unknown"]
    seconds: float

    @property
    def text(self) -> str:
        """`consecution of flip: no_empty_answer`."""
        of = f" of {self.step}" if self.step else ""
        return f"{self.kind}{of}: {', '.join(self.about) or 'no value leaves its domain'}"


@dataclass(frozen=True)
class ToInduction:
    """A counterexample to induction: no violation, as its first state may be unreachable.

    Parameters
    ----------
    system: the small instance that it is of.
    states: one more than steps; all but the last satisfy everything that was assumed.
    steps: the steps as texts.
    fails: the property that is false in the last state, or of the last step; empty where a value
        leaves its domain.
    reachable: whether the first state was met by a search of that instance; None: not known.
    """

    system: System
    states: tuple[State, ...]
    steps: tuple[str, ...]
    fails: str
    reachable: bool | None = None


@dataclass
class Proof:
    """An attempt at a proof by induction.

    Parameters
    ----------
    k: steps that a state is looked back at; 1 is plain induction.
    queries: of the last round, in order.
    invariant: the names of all that was proved by induction, together.
    failed: the first query that each property failed.
    stopped: why it ended before its end, in words; then nothing is claimed.
    undefined: steps and properties of which it is not proved that they stay in their domains;
        nothing is claimed while there is one.
    """

    system: System
    k: int
    queries: list[Query] = field(default_factory=list)
    invariant: tuple[str, ...] = ()
    proved: tuple[str, ...] = ()
    failed: dict[str, Query] = field(default_factory=dict)
    undefined: list[Query] = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = ""

    def seconds_of(self, kind: QueryKind) -> float:
        """What all queries of a kind took."""
        return sum(q.seconds for q in self.queries if q.kind == kind)


@dataclass(frozen=True)
class Trust:
    """What speaks for the formulas themselves.

    Parameters
    ----------
    compared: steps of sampled states of which the formula gives what the interpreter gives.
    states: the sampled states, in which every lemma was true.
    vacuous: steps that are possible in no state that satisfies the invariant, in the instance.
    superfluous: lemmas without which the proof goes through as well.
    """

    instance: System
    compared: int
    states: int
    vacuous: tuple[str, ...]
    superfluous: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """How lemmas were found.

    Parameters
    ----------
    made: candidates from the model's own words.
    states: explored states of small instances; `kept` candidates are true in all of them.
    inductive: candidates that the steps of a small instance keep together, of these.
    sentences: the lemmas that the properties need, in words.
    """

    made: int
    states: int
    kept: int
    inductive: int
    seconds: float
    sentences: tuple[str, ...]


@dataclass
class ProofReport:
    """All that `dnsrace prove` has to say."""

    proof: Proof
    findings: list[Finding]
    asked: tuple[str, ...]
    """The names of the properties asked for."""
    lemmas: tuple[str, ...]
    """The names of those findings that are lemmas."""
    trust: Trust
    counterexamples: dict[str, ToInduction] = field(default_factory=dict)
    explanations: dict[str, Explanation] = field(default_factory=dict)
    headline: str = ""
    written: int = 0
    """Certificates that were written."""
    found: Found | None = None
    """Where the lemmas were looked for."""

    @property
    def exit_code(self) -> int:
        """0 all that was asked is proved, 1 something is violated, 3 something is not proved, or it
        was stopped."""
        asked = [f for f in self.findings if f.looked and f.name in self.asked]
        if any(f.fails for f in self.findings):
            return 1
        missing = any(f.verdict == "unknown" and not f.informative for f in asked)
        return 3 if missing or self.proof.stopped else 0
