"""The DNS automation of DynamoDB on 19 October 2025: three enactors, one cleaner too many.

What is modelled. A planner writes versioned plans. Each enactor takes the newest plan, walks over
the endpoints and, at each one, gets the zone's lock (a TXT record), builds the plan's tree of
records, flips the alias to it, remembers the plan that was live in the rollback record, and
releases the lock. Then it cleans up: it deletes the trees of plans many generations older than
its own. A client that resolves an alias whose tree is gone gets NOERROR and no addresses.

Where each fact comes from. AWS, "Summary of the Amazon DynamoDB service disruption in the Northern
Virginia (US-EAST-1) region", message 101925: planner and enactors, one per availability zone; the
check for a newer plan made once, at the start; the unusually slow enactor; the clean-up that
deleted the plan just installed; the empty record that no enactor could replace and that people
repaired by hand. AWS re:Invent 2025, session DAT453: the lock in a TXT record with an expiry, the
alias trees, the rollback record, batches that are all or nothing. Route 53 itself refuses a batch
that points an alias at a name that does not exist.

What is left out. Time (backoff, TTLs, how often plans are made), weights and the single load
balancers in a tree, propagation from Route 53's control plane to its name servers, resolvers and
their negative caches, several planners, cells.

What to expect. As deployed, with the defaults, two enactors and four plans are enough for the
outage, in 14 steps; with three plans it cannot happen. Any one of the two guards closes it:
`freshness=in_batch` for one endpoint, `cleaner=transactional` for the empty answer. With all of
`--fixed` no client ever gets an empty answer and the rollback stays one flip away.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Literal

from dnsrace.model import (
    Arrow,
    Box,
    Maybe,
    Names,
    Range,
    State,
    ago,
    always,
    at_least,
    column,
    end,
    eventually,
    every_step,
    model,
    outcome,
    picture,
    recoverable,
    require,
    say,
    sometimes,
    step,
    var,
)


@model(
    fixed={"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"},
    decisions=("freshness", "cleaner", "rollback", "retry"),
)
def dynamodb_dns(
    enactors: Annotated[int, at_least(1), "enactors, one for each availability zone"] = 3,
    plans: Annotated[int, at_least(1), "plans that the planner makes; plan 1 is live at first"] = 4,
    endpoints: Annotated[int, at_least(1), "endpoints, each in a zone of its own"] = 1,
    retention: Annotated[int, at_least(0), "generations that a cleaner spares"] = 1,
    freshness: Annotated[
        Literal["once", "in_batch"], "is a plan's age checked at pick-up only, or also in the flip"
    ] = "once",
    cleaner: Annotated[
        Literal["blind", "checked", "transactional"],
        "deletes without looking; looks first; asserts in the batch that nothing points there",
    ] = "blind",
    rollback: Annotated[
        Literal["strict", "tolerant"], "is a flip away from a missing tree rejected, or let through"
    ] = "strict",
    retry: Annotated[
        Literal["same", "newest"],
        "after meeting a held lock: keep the plan, or may take the newest",
    ] = "same",
    preamble: Annotated[bool, "every batch asserts that its writer holds the lock"] = True,
    lock_expiry: Annotated[bool, "a held lock may expire and be taken over"] = False,
    crashes: Annotated[bool, "an enactor may crash and restart; its locks stay behind"] = False,
    operator: Annotated[
        Literal["none", "rollback", "repair"], "what people do at an endpoint that answers empty"
    ] = "none",
) -> None:
    """The race of 19 October 2025: planner, enactors, TXT lock, alias trees, cleaner."""

    class Enactor(Names, count=enactors):
        """One for each availability zone; they do not talk to each other."""

    class Endpoint(Range, low=0, high=endpoints - 1):
        """IPv4, dual stack, FIPS, ...; an enactor walks over them in this order."""

    class Plan(Range, low=1, high=plans, identifiers=True):
        """A version of the region's DNS."""

    class Victim(Range, low=0, high=plans, identifiers=Plan):
        """The plan that a cleaner looks at; 0 when it is not cleaning."""

    class Holder(Maybe, of=Enactor, none="free"):
        """Who holds a zone's lock."""

    class Phase(Enum):
        IDLE, LOCKING, BUILDING, FLIPPING, RELEASING, CLEANING, DELETING = range(7)

    class Region(State):
        newest = var(Plan, start=1)
        alias = var(Plan, per=Endpoint, start=1)
        rollback = var(Plan, per=Endpoint, start=1)
        lock = var(Holder, per=Endpoint, start=Holder.none)
        tree = var(bool, per=(Endpoint, Plan), start=lambda k, p: p == 1)
        phase = var(Phase, per=Enactor, start=Phase.IDLE)
        plan = var(Plan, per=Enactor, start=1)
        endpoint = var(Endpoint, per=Enactor, start=0)
        victim = var(Victim, per=Enactor, start=0)

    def lost_lock(s: Region, e: Enactor) -> bool:
        return preamble and bool(s.lock[s.endpoint[e]] != e)

    def free_own_lock(s: Region, e: Enactor) -> None:
        k = s.endpoint[e]
        if s.lock[k] == e:
            s.lock[k] = Holder.none

    def in_use(s: Region, k: Endpoint, p: Plan) -> bool:
        return p in (s.alias[k], s.rollback[k])

    # -- the planner

    @step(actor="planner")
    def publish(s: Region) -> None:
        """Write the next plan."""
        require(s.newest < plans)
        s.newest += 1
        say(f"makes plan {s.newest}")

    # -- an enactor installs a plan

    @step
    def pick_up(s: Region, e: Enactor) -> None:
        """Take the newest plan: the one check that it is newer than what is applied."""
        require(s.phase[e] == Phase.IDLE)
        require(any(s.alias[k] < s.newest for k in Endpoint))
        s.plan[e] = s.newest
        s.endpoint[e] = 0
        s.victim[e] = 0
        s.phase[e] = Phase.LOCKING
        say(f"picks up plan {s.newest} (checked: newer)")

    @step
    def acquire(s: Region, e: Enactor) -> None:
        """Get the zone's lock when it is free."""
        k = s.endpoint[e]
        require(s.phase[e] == Phase.LOCKING)
        require(s.lock[k] == Holder.none)
        s.lock[k] = e
        s.phase[e] = Phase.BUILDING
        say(f"locks zone {k}")

    if lock_expiry:

        @step
        def take_over(s: Region, e: Enactor) -> None:
            """Get a lock that has expired."""
            k = s.endpoint[e]
            require(s.phase[e] == Phase.LOCKING)
            require(s.lock[k] != Holder.none)
            say(f"takes the expired lock of zone {k} from enactor {s.lock[k]}")
            s.lock[k] = e
            s.phase[e] = Phase.BUILDING

    if retry == "newest":

        @step
        def back_off(s: Region, e: Enactor) -> None:
            """Meet a held lock, and swap the plan for the newest."""
            require(s.phase[e] == Phase.LOCKING)
            require(s.lock[s.endpoint[e]] != Holder.none)
            require(s.plan[e] < s.newest)
            say(f"finds zone {s.endpoint[e]} locked, swaps plan {s.plan[e]} for {s.newest}")
            s.plan[e] = s.newest

    @step
    def build(s: Region, e: Enactor) -> None:
        """Create the plan's tree of weighted records."""
        k, n = s.endpoint[e], s.plan[e]
        require(s.phase[e] == Phase.BUILDING)
        if lost_lock(s, e):
            s.phase[e] = Phase.LOCKING
            say(f"cannot build: has lost the lock of zone {k}")
        else:
            s.tree[k, n] = True
            s.phase[e] = Phase.FLIPPING
            say(f"builds tree {n}")

    @step
    def flip(s: Region, e: Enactor) -> None:
        """Point the alias at the plan's tree, and the rollback at what was live until then."""
        k, n = s.endpoint[e], s.plan[e]
        live = s.alias[k]
        require(s.phase[e] == Phase.FLIPPING)
        if lost_lock(s, e):
            s.phase[e] = Phase.LOCKING
            say(f"cannot flip: has lost the lock of zone {k}")
        elif freshness == "in_batch" and n <= live:
            s.phase[e] = Phase.RELEASING
            say(f"sees that plan {n} is not newer than plan {live}: skips it")
        elif not s.tree[k, n]:
            s.phase[e] = Phase.BUILDING
            say(f"is rejected: tree {n} is gone; builds it again")
        elif s.tree[k, live]:
            say(
                f"installs plan {n} over plan {live}: its one check was {ago(pick_up, e)} steps ago"
            )
            s.rollback[k] = live
            s.alias[k] = n
            s.phase[e] = Phase.RELEASING
        elif rollback == "tolerant":
            say(f"installs plan {n} over plan {live}, whose tree is gone; rollback stays")
            s.alias[k] = n
            s.phase[e] = Phase.RELEASING
        else:
            say(f"is rejected: rollback would need tree {live}, which is gone; tries again")
            free_own_lock(s, e)
            s.phase[e] = Phase.LOCKING

    @step
    def release(s: Region, e: Enactor) -> None:
        """Free the lock, and go on to the next endpoint, to cleaning, or to rest."""
        k, n = s.endpoint[e], s.plan[e]
        require(s.phase[e] == Phase.RELEASING)
        free_own_lock(s, e)
        if k + 1 < endpoints:
            s.endpoint[e] = k + 1
            s.phase[e] = Phase.LOCKING
            say(f"releases zone {k}, goes on to zone {k + 1}")
        elif n - 1 > retention:
            s.endpoint[e] = 0
            s.victim[e] = 1
            s.phase[e] = Phase.CLEANING
            say(f"releases zone {k}, begins to clean")
        else:
            s.endpoint[e] = 0
            s.phase[e] = Phase.IDLE
            say(f"releases zone {k}, rests")

    # -- an enactor cleans up

    def go_on_cleaning(s: Region, e: Enactor) -> None:
        k, n, v = s.endpoint[e], s.plan[e], s.victim[e]
        if n - (v + 1) > retention:
            s.victim[e] = v + 1
            s.phase[e] = Phase.CLEANING
        elif k + 1 < endpoints:
            s.endpoint[e] = k + 1
            s.victim[e] = 1
            s.phase[e] = Phase.CLEANING
        else:
            s.endpoint[e] = 0
            s.victim[e] = 0
            s.phase[e] = Phase.IDLE

    if cleaner == "checked":

        @step
        def inspect(s: Region, e: Enactor) -> None:
            """Look whether anything points at the old tree."""
            k, v = s.endpoint[e], s.victim[e]
            require(s.phase[e] == Phase.CLEANING)
            if in_use(s, k, v):
                say(f"sees that tree {v} is in use, spares it")
                go_on_cleaning(s, e)
            else:
                say(f"sees that nothing points at tree {v}")
                s.phase[e] = Phase.DELETING

        @step
        def delete(s: Region, e: Enactor) -> None:
            """Delete the tree that was found unused a while ago."""
            k, v = s.endpoint[e], s.victim[e]
            require(s.phase[e] == Phase.DELETING)
            say(f"deletes tree {v}, found unused {ago(inspect, e)} steps ago")
            s.tree[k, v] = False
            go_on_cleaning(s, e)

    else:

        @step
        def clean(s: Region, e: Enactor) -> None:
            """Delete the tree of a plan that is old for this enactor."""
            k, v = s.endpoint[e], s.victim[e]
            require(s.phase[e] == Phase.CLEANING)
            if cleaner == "transactional" and in_use(s, k, v):
                say(f"may not delete tree {v}: it is in use")
            else:
                say(f"deletes tree {v} (old for plan {s.plan[e]})")
                s.tree[k, v] = False
            go_on_cleaning(s, e)

    # -- what goes wrong, and who helps

    if crashes:

        @step
        def crash(s: Region, e: Enactor) -> None:
            """Crash and restart; the locks stay as they are."""
            require(s.phase[e] != Phase.IDLE)
            s.phase[e] = Phase.IDLE
            s.plan[e] = 1
            s.endpoint[e] = 0
            s.victim[e] = 0
            say("crashes and restarts")

    if operator == "rollback":

        @step(actor="operator")
        def operator_rollback(s: Region, k: Endpoint) -> None:
            """People flip the alias of an empty endpoint to the rollback target."""
            require(not s.tree[k, s.alias[k]])
            require(s.tree[k, s.rollback[k]])
            say(f"points zone {k} back at plan {s.rollback[k]}")
            s.alias[k] = s.rollback[k]

    if operator == "repair":

        @step(actor="operator")
        def operator_repair(s: Region, k: Endpoint) -> None:
            """People install the newest plan by hand."""
            require(not s.tree[k, s.alias[k]])
            say(f"installs plan {s.newest} in zone {k} by hand")
            s.tree[k, s.newest] = True
            s.alias[k] = s.newest
            s.rollback[k] = s.newest

    # -- what is asked

    @always(question=True)
    def no_empty_answer(s: Region) -> bool:
        """A client never gets an empty answer: the tree of every alias is there."""
        return all(s.tree[k, s.alias[k]] for k in Endpoint)

    @always
    def rollback_ready(s: Region) -> bool:
        """Rollback is one flip away: the tree of every rollback record is there."""
        return all(s.tree[k, s.rollback[k]] for k in Endpoint)

    @every_step(informative=True)
    def no_regression(before: Region, after: Region) -> bool:
        """No step lowers an alias. The design allows a stale install for a while."""
        return all(after.alias[k] >= before.alias[k] for k in Endpoint)

    def converged(s: Region) -> bool:
        return all(s.alias[k] == s.newest and s.tree[k, s.newest] for k in Endpoint)

    @sometimes
    def newest_plan_live(s: Region) -> bool:
        """The last plan gets installed everywhere: the model does its work at all."""
        return s.newest == plans and converged(s)

    @recoverable(name="recoverable")
    def can_converge(s: Region) -> bool:
        """Some continuation makes the newest plan live everywhere."""
        return converged(s)

    # what an enactor does not put off for ever: all but crashing
    work = [pick_up, acquire, build, flip, release]
    work += [inspect, delete] if cleaner == "checked" else [clean]
    work += [take_over] if lock_expiry else []
    work += [back_off] if retry == "newest" else []

    @eventually(name="converges", stays=True, fairness="weak", fair_steps=work)
    def stays_converged(s: Region) -> bool:
        """Once the planner has stopped, the newest plan ends up live everywhere and stays so."""
        return converged(s)

    @end
    def at_rest(s: Region) -> bool:
        """All plans are out, the newest is live everywhere, and every enactor rests."""
        return s.newest == plans and converged(s) and all(s.phase[e] == Phase.IDLE for e in Enactor)

    # -- lemmas, for `dnsrace prove`

    def writes(s: Region, e: Enactor) -> bool:
        return s.phase[e] in (Phase.BUILDING, Phase.FLIPPING, Phase.RELEASING)

    def cleans(s: Region, e: Enactor) -> bool:
        return s.phase[e] in (Phase.CLEANING, Phase.DELETING)

    @always(lemma=True)
    def victims_are_old(s: Region) -> bool:
        """A cleaner looks only at plans that are old for its own."""
        return all(
            not cleans(s, e) or (s.victim[e] >= 1 and s.plan[e] - s.victim[e] > retention)
            for e in Enactor
        )

    if not lock_expiry:

        @always(lemma=True)
        def writers_hold_the_lock(s: Region) -> bool:
            """Whoever builds, flips or releases holds the lock of its zone."""
            return all(not writes(s, e) or s.lock[s.endpoint[e]] == e for e in Enactor)

        @always(lemma=True)
        def one_writer(s: Region) -> bool:
            """Mutual exclusion: no two enactors write in one zone."""
            return all(
                not (writes(s, d) and writes(s, e) and d != e and s.endpoint[d] == s.endpoint[e])
                for d in Enactor
                for e in Enactor
            )

    if freshness == "in_batch" and retry == "same":

        def past(s: Region, e: Enactor, k: Endpoint) -> bool:
            if s.phase[e] == Phase.RELEASING:
                return bool(k <= s.endpoint[e])
            return cleans(s, e) or (s.phase[e] != Phase.IDLE and k < s.endpoint[e])

        @always(lemma=True)
        def nothing_older_behind(s: Region) -> bool:
            """An enactor leaves its plan or a newer one live at each endpoint that it is past."""
            return all(
                not past(s, e, k) or s.alias[k] >= s.plan[e] for e in Enactor for k in Endpoint
            )

    if rollback == "strict" and operator == "none":

        def wedged(s: Region, k: Endpoint) -> bool:
            """Empty, out of date, and nobody on the way to build the live plan's tree again."""
            building = (Phase.LOCKING, Phase.BUILDING, Phase.FLIPPING)
            rescue = any(
                s.plan[e] == s.alias[k]
                and (
                    (s.phase[e] in building and s.endpoint[e] <= k)
                    or (s.phase[e] == Phase.RELEASING and s.endpoint[e] < k)
                )
                for e in Enactor
            )
            return not s.tree[k, s.alias[k]] and bool(s.alias[k] < s.newest) and not rescue

        @every_step(lemma=True)
        def wedged_for_ever(before: Region, after: Region) -> bool:
            """An empty endpoint that nobody is about to build again stays empty and out of date."""
            return all(not wedged(before, k) or wedged(after, k) for k in Endpoint)

    # -- for people

    @column(per=Endpoint)
    def zone(s: Region, k: Endpoint) -> str:
        live = s.alias[k]
        return f"alias -> tree {live}" + ("" if s.tree[k, live] else " GONE")

    @outcome(no_empty_answer, called="outage")
    def dig(s: Region) -> str:
        empty = [k for k in Endpoint if not s.tree[k, s.alias[k]]]
        return "\n".join(
            f"$ dig +noall +comments +answer endpoint-{k}.dynamodb.us-east-1.example\n"
            f";; status: NOERROR, ANSWER: 0\n"
            f";; the alias points at plan-{s.alias[k]}, which has no records"
            for k in empty
        )

    @outcome(rollback_ready)
    def rollback_gone(s: Region) -> str:
        return "\n".join(
            f"The rollback record of endpoint {k} points at plan {s.rollback[k]}, "
            f"whose tree is gone: rolling back would take the endpoint down."
            for k in Endpoint
            if not s.tree[k, s.rollback[k]]
        )

    @picture
    def dns(s: Region) -> Iterator[Arrow | Box]:
        """Of each zone what clients, rollback and the lock point at, and the trees that are there;
        beside them the enactors, and the tree that each is about to build, use or delete."""
        high = max(plans, 4)
        for k in Endpoint:
            live, back, top = s.alias[k], s.rollback[k], k * (high + 1)
            answers, ready = s.tree[k, live], s.tree[k, back]
            said = "answers" if answers else "ANSWER: 0"
            yield Box(f"endpoint {k}", 0, top, note=said, mark="" if answers else "wrong")
            yield Box(f"alias {k}", 1, top, "alias", mark="" if answers else "wrong")
            yield Box(f"rollback {k}", 1, top + 1, "rollback", mark="" if ready else "wrong")
            free = s.lock[k] == Holder.none
            holder = "free" if free else f"enactor {s.lock[k]}"
            yield Box(f"lock {k}", 1, top + 2, "lock", holder, "absent" if free else "")
            for p in Plan:
                name, text, row = f"tree {k} {p}", f"tree {p}", top + p - 1
                if s.tree[k, p]:
                    yield Box(name, 2, row, text, "there")
                elif p in (live, back):
                    yield Box(name, 2, row, text, "GONE", "wrong")
                else:
                    yield Box(name, 2, row, text, "not there", "absent")
            yield Arrow(f"endpoint {k}", f"alias {k}", "" if answers else "wrong")
            yield Arrow(f"alias {k}", f"tree {k} {live}", "" if answers else "wrong")
            yield Arrow(f"rollback {k}", f"tree {k} {back}", "absent" if ready else "wrong")
        yield Box("planner", 0, high - 1, note=f"newest: {s.newest}")
        for e in Enactor:
            phase, p = s.phase[e], s.plan[e]
            if phase == Phase.IDLE:
                yield Box(f"enactor {e}", 3, e, note="idle", mark="absent")
                continue
            if phase in (Phase.CLEANING, Phase.DELETING):
                p = s.victim[e]
            yield Box(f"enactor {e}", 3, e, note=f"{phase.name.lower()} {p}")
            if phase not in (Phase.LOCKING, Phase.RELEASING):
                yield Arrow(f"enactor {e}", f"tree {s.endpoint[e]} {p}", "next")
