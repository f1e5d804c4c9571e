"""Two-phase commit: all resource managers commit, or all abort.

What is modelled. Each resource manager works, then either prepares and says so, or aborts on its
own. The transaction manager collects the "prepared" messages; it commits once it has one from
everybody, and until then it may abort at any moment. Messages are a set that only grows: one may
arrive late, never, or again and again, and a manager that has heard the verdict may hear it again.

Where each fact comes from. Gray and Lamport, "Consensus on Transaction Commit", ACM Transactions
on Database Systems 31(1), 2006, section 3, and Lamport's specification TwoPhase.tla in the TLA+
examples (tlaplus/Examples, specifications/transaction_commit). The steps here are its seven
actions, one for one; its set `msgs` is one Bool for each message that could be in it.

What is left out. The request to prepare, the message by which a resource manager announces its own
abort, and everything that is lost in a crash. As in the original, nobody must ever act, so
`decided` needs the fairness that it declares.

What to expect. Everything holds. Distinct states, without symmetry reduction: 288 for three
managers (manifest.json of the TLA+ examples, which also gives 1,146 states generated: the initial
one and 1,145 transitions), 8,832 for five (the test of the same protocol in Stateright,
examples/2pc.rs) and 50,816 for six (the last comment in TwoPhase.tla). With symmetry reduction
three managers have 80 states, five 314, six 553.
"""

from enum import Enum
from typing import Annotated

from dnsrace.model import (
    Names,
    State,
    always,
    at_least,
    column,
    end,
    eventually,
    every_step,
    model,
    require,
    say,
    sometimes,
    step,
    var,
)


@model
def two_phase_commit(
    managers: Annotated[int, at_least(1), "resource managers that take part"] = 3,
) -> None:
    """Two-phase commit after TwoPhase.tla: 288 states for three resource managers."""

    class Manager(Names, count=managers):
        """A resource manager."""

    class Work(Enum):
        """How far a resource manager is."""

        WORKING, PREPARED, COMMITTED, ABORTED = range(4)

    class Verdict(Enum):
        """What the transaction manager has decided."""

        NONE, COMMIT, ABORT = range(3)

    class Transaction(State):
        work = var(Work, per=Manager, start=Work.WORKING)
        verdict = var(Verdict, start=Verdict.NONE)
        heard = var(bool, per=Manager, start=False)
        prepared_sent = var(bool, per=Manager, start=False)
        commit_sent = var(bool, start=False)
        abort_sent = var(bool, start=False)

    # -- the transaction manager

    @step(actor="transaction manager")
    def hear_prepared(s: Transaction, m: Manager) -> None:
        """Receive a resource manager's "prepared" (TMRcvPrepared)."""
        require(s.verdict == Verdict.NONE)
        require(s.prepared_sent[m])
        s.heard[m] = True
        say(f"hears that manager {m} is prepared")

    @step(actor="transaction manager")
    def decide_commit(s: Transaction) -> None:
        """Commit: everybody is prepared (TMCommit)."""
        require(s.verdict == Verdict.NONE)
        require(all(s.heard[m] for m in Manager))
        s.verdict = Verdict.COMMIT
        s.commit_sent = True
        say("has heard from all, decides to commit")

    @step(actor="transaction manager")
    def decide_abort(s: Transaction) -> None:
        """Abort, for whatever reason (TMAbort)."""
        require(s.verdict == Verdict.NONE)
        s.verdict = Verdict.ABORT
        s.abort_sent = True
        say("decides to abort")

    # -- a resource manager

    @step
    def prepare(s: Transaction, m: Manager) -> None:
        """Finish the work and promise to commit when told so (RMPrepare)."""
        require(s.work[m] == Work.WORKING)
        s.work[m] = Work.PREPARED
        s.prepared_sent[m] = True
        say("is prepared and says so")

    @step
    def give_up(s: Transaction, m: Manager) -> None:
        """Abort without asking, while nothing is promised yet (RMChooseToAbort)."""
        require(s.work[m] == Work.WORKING)
        s.work[m] = Work.ABORTED
        say("gives up and aborts")

    @step
    def hear_commit(s: Transaction, m: Manager) -> None:
        """Receive "commit" (RMRcvCommitMsg)."""
        require(s.commit_sent)
        s.work[m] = Work.COMMITTED
        say("hears the verdict and commits")

    @step
    def hear_abort(s: Transaction, m: Manager) -> None:
        """Receive "abort" (RMRcvAbortMsg)."""
        require(s.abort_sent)
        s.work[m] = Work.ABORTED
        say("hears the verdict and aborts")

    # -- what is asked

    @always(question=True)
    def consistent(s: Transaction) -> bool:
        """No resource manager has committed while another has aborted."""
        return not (
            any(s.work[m] == Work.COMMITTED for m in Manager)
            and any(s.work[m] == Work.ABORTED for m in Manager)
        )

    @every_step
    def final(before: Transaction, after: Transaction) -> bool:
        """Who has committed or aborted never changes its mind."""
        return all(
            before.work[m] in (Work.WORKING, Work.PREPARED) or after.work[m] == before.work[m]
            for m in Manager
        )

    @sometimes
    def all_commit(s: Transaction) -> bool:
        """The transaction can succeed."""
        return all(s.work[m] == Work.COMMITTED for m in Manager)

    @sometimes
    def all_abort(s: Transaction) -> bool:
        """The transaction can fail."""
        return all(s.work[m] == Work.ABORTED for m in Manager)

    def settled(s: Transaction) -> bool:
        return all(s.work[m] in (Work.COMMITTED, Work.ABORTED) for m in Manager)

    @eventually(stays=True, fairness="weak")
    def decided(s: Transaction) -> bool:
        """When nobody sleeps for good, everybody ends up committed or aborted."""
        return settled(s)

    @end
    def over(s: Transaction) -> bool:
        """Everybody has committed or aborted."""
        return settled(s)

    # -- for people

    @column()
    def messages(s: Transaction) -> str:
        sent = [f"prepared({m})" for m in Manager if s.prepared_sent[m]]
        sent += ["commit"] if s.commit_sent else []
        sent += ["abort"] if s.abort_sent else []
        return " ".join(sent)
