"""What a model may not say: each refusal in full, beside the lines that earn it.

The golden files read like a lesson. A case without `@model` is put into WORKSHOP; only its own
lines are shown. All are refused when the model is loaded or lifted; what is refused while the model
runs is in `test_domain_errors`.
"""

from __future__ import annotations

import functools
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from support import HEAD, without_paths, write_model

from dnsrace.errors import DnsraceError, DomainError, ModelError
from dnsrace.loader import load

WORKSHOP = """\
@model
def toy(n: int = 3):
    class Slot(Range, low=0, high=2): ...
    class Who(Names, count=2): ...
    class Other(Names, count=2): ...
    class Holder(Maybe, of=Who, none="free"): ...
    class Phase(enum.Enum):
        IDLE, BUSY = range(2)
    class Color(enum.Enum):
        RED, BLUE = range(2)
    class Shop(State):
        x = var(Slot, start=0)
        y = var(Slot, start=0)
        up = var(bool, start=False)
        busy = var(bool, per=Who, start=False)
        phase = var(Phase, per=Who, start=Phase.IDLE)
        lock = var(Holder, start=Holder.none)
        grid = var(Slot, per=(Slot, Slot), start=0)
"""

VALUES = {
    "a value that never fits": """
        @step
        def f(s):
            s.x = 7
    """,
    "a value that never fits where a test holds": """
        @step
        def f(s):
            require(s.x > 1)
            s.x += 1
    """,
    "an index that never fits": """
        @step
        def f(s):
            require(s.x == 2)
            s.grid[s.x + 1, 0] = 0
    """,
    "a value of another kind": """
        @step
        def f(s):
            s.x = s.up
    """,
    "a number for a Bool": """
        @step
        def f(s):
            s.up = 1
    """,
    "a text for an Enum": """
        @step
        def f(s, w: Who):
            s.phase[w] = "BUSY"
    """,
    "a member of another Enum": """
        @step
        def f(s, w: Who):
            s.phase[w] = Color.RED
    """,
    "None for none": """
        @step
        def f(s):
            s.lock = None
    """,
    "a number for a name": """
        @step
        def f(s):
            s.lock = 1
    """,
    "a number as a name's index": """
        @step
        def f(s):
            s.busy[0] = True
    """,
    "a name of another domain": """
        @step
        def f(s, o: Other):
            s.busy[o] = True
    """,
    "a fraction": """
        @step
        def f(s):
            s.x = s.x / 2
    """,
    "a power": """
        @step
        def f(s):
            s.x = min(s.x ** 2, 2)
    """,
    "a power of a number": """
        @step
        def f(s):
            s.x = min(2 ** s.x, 2)
    """,
    "division by a part of the state": """
        @step
        def f(s):
            s.x = 2 // s.y
    """,
    "remainder by a part of the state": """
        @step
        def f(s):
            require(s.y > 0)
            s.x = s.x % s.y
    """,
    "division by a negative number": """
        @step
        def f(s):
            s.x = s.x // -1
    """,
    "a shift": """
        @step
        def f(s):
            s.x = s.x << 1
    """,
    "an absolute value": """
        @step
        def f(s):
            s.x = abs(s.x - s.y)
    """,
    "arithmetic with a Bool": """
        @step
        def f(s):
            s.x = s.up + 1
    """,
    "arithmetic with an Enum": """
        @step
        def f(s, w: Who):
            s.x = s.phase[w] + 1
    """,
    "a float": """
        @step
        def f(s):
            s.x = s.x + 0.5
    """,
    "int() of a part of the state": """
        @step
        def f(s):
            s.x = int(s.y)
    """,
    "the maximum of Bools": """
        @step
        def f(s):
            s.up = max(s.busy[w] for w in Who)
    """,
    "the sum of names": """
        @step
        def f(s):
            s.x = sum(w for w in Who)
    """,
}

TESTS = {
    "a number as a test": """
        @step
        def f(s):
            if s.x:
                s.x = 0
    """,
    "a number as a guard": """
        @step
        def f(s):
            require(s.x)
            s.x = 0
    """,
    "a plain number as a guard": """
        @step
        def f(s):
            require(1)
            s.x = 0
    """,
    "None as a guard": """
        @step
        def f(s):
            require(print())
            s.x = 0
    """,
    "a number inside any()": """
        @step
        def f(s):
            require(any(s.grid[i, 0] for i in Slot))
            s.x = 0
    """,
    "a name inside all()": """
        @step
        def f(s):
            require(all(w for w in Who))
            s.x = 0
    """,
    "a number beside &": """
        @step
        def f(s):
            require(s.up & s.x)
            s.x = 0
    """,
    "~ for not": """
        @step
        def f(s):
            require(~s.up)
            s.x = 0
    """,
    "is": """
        @step
        def f(s):
            require(s.lock is Holder.none)
            s.x = 0
    """,
    "is not, in a helper": """
        def held(s):
            return s.lock is not Holder.none
        @step
        def f(s):
            require(held(s))
            s.x = 0
    """,
    "is, in a lambda": """
        held = lambda s: s.up is True
        @step
        def f(s):
            require(held(s))
            s.x = 0
    """,
    "is, in a property": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            return s.up is False
    """,
    "case True": """
        @step
        def f(s):
            match s.up:
                case True:
                    s.x = 0
                case _:
                    s.x = 1
    """,
    "different domains": """
        @step
        def f(s, w: Who):
            require(s.phase[w] == s.x)
            s.x = 0
    """,
    "different Enums": """
        @step
        def f(s, w: Who):
            require(s.phase[w] == Color.RED)
            s.x = 0
    """,
    "different Names": """
        @step
        def f(s, w: Who, o: Other):
            require(w != o)
            s.x = 0
    """,
    "a Bool and a number": """
        @step
        def f(s):
            require(s.up == 1)
            s.x = 0
    """,
    "None against an optional name": """
        @step
        def f(s):
            require(s.lock == None)
            s.x = 0
    """,
    "None against a number": """
        @step
        def f(s):
            require(s.x != None)
            s.x = 0
    """,
    "a name and a number": """
        @step
        def f(s, w: Who):
            require(w == 0)
            s.x = 0
    """,
    "an optional name and a number": """
        @step
        def f(s):
            require(s.lock != 1)
            s.x = 0
    """,
    "names in order": """
        @step
        def f(s, w: Who, v: Who):
            require(w < v)
            s.x = 0
    """,
    "names beside numbers": """
        @step
        def f(s, w: Who):
            require(w + 1 == 2)
            s.x = 0
    """,
    "members in order": """
        @step
        def f(s, w: Who):
            require(s.phase[w] < Phase.BUSY)
            s.x = 0
    """,
    "an optional name in order": """
        @step
        def f(s, w: Who):
            require(s.lock <= w)
            s.x = 0
    """,
    "a set": """
        @step
        def f(s):
            require(s.x in {0, 2})
            s.x = 1
    """,
    "a dict": """
        @step
        def f(s):
            s.x = {0: 1, 1: 2, 2: 0}[s.x]
    """,
}

SHAPES = {
    "a loop as long as the state says": """
        @step
        def f(s):
            for i in range(s.x):
                s.y = 0
    """,
    "an index into a list": """
        @step
        def f(s):
            s.x = [2, 0, 1][s.x]
    """,
    "an open loop": """
        @step
        def f(s):
            while s.x < 2:
                s.y = 0
    """,
    "a value in a loop": """
        @step
        def f(s):
            for i in s.x:
                s.y = i
    """,
    "a variable that is not there": """
        @step
        def f(s):
            s.z = 0
    """,
    "a variable that is misspelled": """
        @step
        def f(s, w: Who):
            require(s.phases[w] == Phase.IDLE)
            s.x = 0
    """,
    "an attribute of a value": """
        @step
        def f(s, w: Who):
            require(s.phase[w].name == "IDLE")
            s.x = 0
    """,
    "an attribute of a value, assigned": """
        @step
        def f(s):
            s.x.old = 1
    """,
    "a value as a function": """
        @step
        def f(s):
            s.x(1)
    """,
    "an element of a scalar": """
        @step
        def f(s):
            s.y = s.x[0]
    """,
    "an assignment to a property": """
        @step
        def f(s):
            s.p = True
        @always
        def p(s):
            return s.x < 2
    """,
    "a property as a part of the state": """
        @step
        def f(s):
            require(s.p)
            s.x = 0
        @always
        def p(s):
            return s.x < 2
    """,
    "an array, assigned as a whole": """
        @step
        def f(s):
            s.busy = False
    """,
    "an array, compared as a whole": """
        @step
        def f(s):
            require(s.busy == s.grid)
            s.x = 0
    """,
    "an array, looped over": """
        @step
        def f(s):
            require(any(b for b in s.busy))
            s.x = 0
    """,
    "an array, searched": """
        @step
        def f(s):
            require(True in s.busy)
            s.x = 0
    """,
    "an array's length": """
        @step
        def f(s):
            s.x = len(s.busy)
    """,
    "an array, as a test": """
        @step
        def f(s):
            if s.busy:
                s.x = 0
    """,
    "too few indices": """
        @step
        def f(s):
            s.grid[0] = 0
    """,
    "too many indices": """
        @step
        def f(s, w: Who):
            require(s.busy[w, w])
            s.x = 0
    """,
    "a slice": """
        @step
        def f(s):
            s.x = s.grid[0:2, 0]
    """,
    "a step that writes nothing": """
        @step
        def f(s):
            require(s.x > 0)
    """,
    "a step that writes nothing on one path": """
        @step
        def f(s):
            if s.x == 0:
                s.x = 1
            elif s.up and s.y == 1:
                s.x = 0
    """,
    "a step that returns a value": """
        @step
        def f(s):
            s.x = 0
            return s.x == 0
    """,
    "an assignment in a property": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            s.x = 0
            return True
    """,
    "require in a property": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            require(s.x < 2)
            return True
    """,
    "require inside any()": """
        @step
        def f(s):
            def test(i):
                require(s.grid[i, i] == 0)
                return True
            require(any(test(i) for i in Slot))
            s.x = 0
    """,
    "a property that is a number": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            return s.x
    """,
    "a property that says nothing": """
        @step
        def f(s):
            s.x = 0
        @sometimes
        def p(s):
            s.x == 2
    """,
    "an end that is a number": """
        @step
        def f(s):
            s.x = 0
        @end
        def over(s):
            return s.x
    """,
    "an end beyond an array": """
        @step
        def f(s):
            s.x = 0
        @end
        def over(s):
            return s.grid[s.x + 1, 0] == 0
    """,
    "a nondeterministic step": """
        import itertools
        toss = itertools.cycle([0, 1])
        @step
        def f(s):
            if s.x == next(toss):
                s.y = 0
            else:
                s.y = 1
    """,
    "endless recursion": """
        def again(s):
            return again(s)
        @step
        def f(s):
            require(again(s))
            s.x = 0
    """,
    "an exception of Python": """
        @step
        def f(s):
            s.x = (0, 1)[2]
    """,
}

STATES = {
    "the state compared": """
        @step
        def f(s):
            s.x = 0
        @every_step
        def moves(before, after):
            return before != after
    """,
    "the state as a test": """
        @step
        def f(s):
            if s:
                s.x = 0
    """,
    "the state returned": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            return s
    """,
    "a part of the state deleted": """
        @step
        def f(s):
            del s.x
    """,
}

SYMMETRY = {
    "a loop that ends early": """
        @step
        def f(s):
            for w in Who:
                if not s.busy[w]:
                    s.busy[w] = True
                    break
            else:
                require(False)
    """,
    "the first of the names": """
        @step
        def f(s):
            first = list(Who)[0]
            s.busy[first] = True
    """,
    "an order of writes": """
        @step
        def f(s, w: Who):
            first, second = Who
            s.phase[first] = Phase.BUSY
            s.phase[w] = Phase.IDLE
            s.phase[second] = Phase.BUSY
    """,
    "any() over names behind what is no declared domain": """
        @step
        def f(s):
            require(any(s.busy[w] == b and s.lock == w for b in (True, False) for w in Who))
            s.x = 0
    """,
    "a property of one of them": """
        @step
        def f(s, w: Who):
            s.busy[w] = True
        @always
        def p(s):
            for w in Who:
                return not s.busy[w]
    """,
    "an end of one of them": """
        @step
        def f(s, w: Who):
            s.busy[w] = True
        @end
        def over(s):
            return s.lock == next(iter(Who))
    """,
    "a start that singles one out": """
        @model
        def toy():
            class Who(Names, count=2): ...
            class Shop(State):
                boss = var(Who, start=0)
            @step
            def f(s, w: Who):
                s.boss = w
    """,
    "a start that is one of the numbers of the names": """
        @model
        def toy():
            class Who(Names, count=2): ...
            class Shop(State):
                boss = var(Who, start=one_of(*Who))
            @step
            def f(s, w: Who):
                s.boss = w
    """,
    "a start that is none or one of their numbers": """
        @model
        def toy():
            class Who(Names, count=2): ...
            class Boss(Maybe, of=Who): ...
            class Shop(State):
                boss = var(Boss, start=one_of(Boss.none, *Who))
            @step
            def f(s, w: Who):
                s.boss = w
    """,
    "a start that singles one out, in an array": """
        @model
        def toy():
            class Who(Names, count=3): ...
            def first(w):
                for other in Who:
                    return w == other
            class Shop(State):
                boss = var(bool, per=Who, start=first)
            @step
            def f(s, w: Who):
                s.boss[w] = True
    """,
}

DECLARATIONS = {
    "two steps of one name": """
        @step
        def f(s):
            s.x = 0
        @step
        def f(s):
            s.x = 1
    """,
    "two properties of one name": """
        @step
        def f(s):
            s.x = 0
        @always
        def p(s):
            return True
        @sometimes(name="p")
        def q(s):
            return True
    """,
    "a choice without a domain": """
        @step
        def f(s, w):
            s.x = 0
    """,
    "a choice that is no domain": """
        @step
        def f(s, w: int):
            s.x = 0
    """,
    "a choice in quotes": """
        @step
        def f(s, w: "Who"):
            s.x = 0
    """,
    "a step that does not take the state": """
        @step
        def f():
            pass
    """,
    "a step with *choices": """
        @step
        def f(s, *w: Who):
            s.x = 0
    """,
    "a choice with a default": """
        @step
        def f(s, i: Slot = 0):
            s.x = i
    """,
    "two State classes": """
        class More(State):
            z = var(bool, start=False)
        @step
        def f(s):
            s.x = 0
    """,
    "no State class": """
        @model
        def toy():
            @step
            def f(s):
                s.x = 0
    """,
    "an empty State class": """
        @model
        def toy():
            class Shop(State):
                pass
            @step
            def f(s):
                s.x = 0
    """,
    "something else in a State class": """
        @model
        def toy():
            class Shop(State):
                x = 3
            @step
            def f(s):
                s.x = 0
    """,
    "no steps": """
        @model
        def toy():
            class Shop(State):
                x = var(bool, start=False)
    """,
    "a variable of int": """
        @model
        def toy():
            class Shop(State):
                x = var(int, start=0)
            @step
            def f(s):
                s.x = 0
    """,
    "an index of str": """
        @model
        def toy():
            class Shop(State):
                x = var(bool, per=str, start=False)
            @step
            def f(s):
                s.x["a"] = True
    """,
    "a variable of Range itself": """
        @model
        def toy():
            class Shop(State):
                x = var(Range, start=0)
            @step
            def f(s):
                s.x = 0
    """,
    "an empty range": """
        @model
        def toy():
            class Slot(Range, low=1, high=0): ...
    """,
    "no names": """
        @model
        def toy():
            class Who(Names, count=0): ...
    """,
    "an Enum without members": """
        @model
        def toy():
            class Phase(enum.Enum): ...
            class Shop(State):
                x = var(Phase, start=None)
            @step
            def f(s):
                s.x = s.x
    """,
    "an optional Bool": """
        @model
        def toy():
            class Perhaps(Maybe, of=bool): ...
    """,
    "an optional optional name": """
        @model
        def toy():
            class Who(Names, count=2): ...
            class Holder(Maybe, of=Who): ...
            class Perhaps(Maybe, of=Holder): ...
    """,
    "a range of texts": """
        @model
        def toy():
            class Slot(Range, low="a", high="b"): ...
    """,
    "a start outside the domain": """
        @model
        def toy():
            class Slot(Range, low=1, high=3): ...
            class Shop(State):
                x = var(Slot, start=0)
            @step
            def f(s):
                s.x = 1
    """,
    "a start outside the domain for one element": """
        @model
        def toy():
            class Slot(Range, low=0, high=3): ...
            class Shop(State):
                x = var(Slot, per=Slot, start=lambda i: i + 1)
            @step
            def f(s):
                s.x[0] = 1
    """,
    "a start of the wrong kind": """
        @model
        def toy():
            class Shop(State):
                x = var(bool, start=0)
            @step
            def f(s):
                s.x = True
    """,
    "a start of None": """
        @model
        def toy():
            class Slot(Range, low=0, high=1): ...
            class Seat(Maybe, of=Slot): ...
            class Shop(State):
                x = var(Seat, start=None)
            @step
            def f(s):
                s.x = 0
    """,
    "no start at all": """
        @model
        def toy():
            class Shop(State):
                x = var(bool)
            @step
            def f(s):
                s.x = True
    """,
    "a start that is one of nothing": """
        @model
        def toy():
            class Shop(State):
                x = var(bool, start=one_of())
            @step
            def f(s):
                s.x = True
    """,
    "a start that takes too many indices": """
        @model
        def toy():
            class Slot(Range, low=0, high=3): ...
            class Shop(State):
                x = var(Slot, per=Slot, start=lambda i, j: i)
            @step
            def f(s):
                s.x[0] = 1
    """,
    "a start that is one of several functions": """
        @model
        def toy():
            class Slot(Range, low=0, high=3): ...
            class Shop(State):
                x = var(Slot, per=Slot, start=one_of(lambda i: i, lambda i: 0))
            @step
            def f(s):
                s.x[0] = 1
    """,
    "an outcome of what is no property": """
        @step
        def f(s):
            s.x = 0
        @outcome(f)
        def seen(s):
            return ""
    """,
    "fairness of what is no step": """
        @step
        def f(s):
            s.x = 0
        def g(s):
            s.x = 1
        @eventually(fair_steps=[g])
        def p(s):
            return s.x == 1
    """,
    "two ends": """
        @step
        def f(s):
            s.x = 0
        @end
        def over(s):
            return s.x == 1
        @end
        def done(s):
            return s.x == 2
    """,
}

ARGUMENTS = {
    "a number to say": """
        @step
        def f(s):
            s.x = 0
            say(17)
    """,
    "a part of the state to say": """
        @step
        def f(s):
            s.x = 0
            say(s.y)
    """,
    "a step's name in ago()": """
        @step
        def f(s):
            s.x = 0
            say(f"again after {ago('f')} steps")
    """,
    "what is no step in ago()": """
        def g(s):
            s.x = 0
        @step
        def f(s):
            s.x = 0
            say(f"again after {ago(g)} steps")
    """,
    "more choices in ago() than the step has": """
        @step
        def f(s, w: Who):
            s.x = 0
            say(f"again after {ago(f, w, w)} steps")
    """,
    "a name in the brackets of @step": """
        @step("f")
        def f(s):
            s.x = 0
    """,
    "a number for an actor": """
        @step(actor=0)
        def f(s):
            s.x = 0
    """,
    "a name in the brackets of @always": """
        @always("p")
        def p(s):
            return True
    """,
    "a number for a property's name": """
        @always(name=1)
        def p(s):
            return True
    """,
    "a misspelt mark": """
        @always(questoin=True)
        def p(s):
            return True
    """,
    "a number for a title": """
        @column(title=1)
        def shown(s):
            return ""
    """,
    "a name in the brackets of @column": """
        @column("shown")
        def shown(s):
            return ""
    """,
    "a column for each of what is no domain": """
        @step
        def f(s):
            s.x = 0
        @column(per=2)
        def shown(s, i):
            return ""
    """,
    "a misspelt fairness": """
        @eventually(fairness="week")
        def p(s):
            return s.x == 1
    """,
    "the name of a fair step": """
        @eventually(fair_steps=["f"])
        def p(s):
            return s.x == 1
    """,
    "a fair step without brackets": """
        @step
        def f(s):
            s.x = 0
        @eventually(fair_steps=f)
        def p(s):
            return s.x == 1
    """,
    "a number of fair steps": """
        @eventually(fair_steps=1)
        def p(s):
            return s.x == 1
    """,
    "a range that ends at a fraction": """
        class Half(Range, low=0, high=n / 2): ...
    """,
    "a fraction of a name": """
        class Half(Names, count=n / 2): ...
    """,
    "a number for none": """
        class Seat(Maybe, of=Slot, none=0): ...
    """,
}

FILES = {
    "texts for annotations": """
        from __future__ import annotations
        from dnsrace.model import *
        @model
        def toy():
            class Who(Names, count=2): ...
            class Shop(State):
                busy = var(bool, per=Who, start=False)
            @step
            def f(s, w: Who):
                s.busy[w] = True
    """,
    "a step outside": """
        from dnsrace.model import *
        @step
        def f(s):
            s.x = 0
    """,
    "a State class outside": """
        from dnsrace.model import *
        class Shop(State):
            x = var(bool, start=False)
    """,
    "a property outside": """
        from dnsrace.model import *
        @always
        def p(s):
            return True
    """,
    "an end outside": """
        from dnsrace.model import *
        @end
        def over(s):
            return True
    """,
    "no model": """
        from dnsrace.model import *
    """,
    "no Python": """
        from dnsrace.model import *
        @model
        def toy(:
    """,
    "an import that fails": """
        from dnsrace.model import *
        import no_such_module_at_all
    """,
    "an exception in the model's function": """
        from dnsrace.model import *
        @model
        def toy():
            class Slot(Range, low=0, high=[][0]): ...
    """,
}

GROUPS = {
    "values": VALUES,
    "tests": TESTS,
    "shapes": SHAPES,
    "states": STATES,
    "symmetry": SYMMETRY,
    "declarations": DECLARATIONS,
    "arguments": ARGUMENTS,
    "files": FILES,
}


@functools.cache
def refused(group: str, name: str) -> str:
    """The case's own lines with their numbers, and what they are answered."""
    with tempfile.TemporaryDirectory() as directory:
        return refusal(Path(directory), GROUPS[group][name])


def refusal(directory: Path, text: str) -> str:
    text = textwrap.dedent(text).strip("\n")
    if "dnsrace.model" in text:
        path, begin = directory / "toy.py", 1
        path.write_text(text + "\n")
    elif "@model" in text:
        path, begin = write_model(directory, text + "\n"), HEAD.count("\n") + 1
    else:
        path = write_model(directory, WORKSHOP + textwrap.indent(text, "    ") + "\n")
        begin = (HEAD + WORKSHOP).count("\n") + 1
    numbered = [f"{n:3}  {line}" for n, line in enumerate(text.splitlines(), begin)]
    try:
        load(str(path)).lift()
    except DnsraceError as error:
        assert not isinstance(error, DomainError)
        return "\n".join([*numbered, without_paths(str(error), directory)])
    return "\n".join([*numbered, "NOT REFUSED"])


@pytest.mark.parametrize("group", GROUPS)
def test_refusals_read_as_they_should(group: str, golden: Callable[[str, str], None]) -> None:
    sections = [f"-- {name}\n{refused(group, name)}\n" for name in GROUPS[group]]
    golden(f"refusals_{group}", "\n".join(sections))


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, cases in GROUPS.items() for name in cases]
)
def test_each_is_refused_with_a_line_and_in_words(group: str, name: str) -> None:
    shown = refused(group, name)
    assert "NOT REFUSED" not in shown
    assert "toy.py:" in shown.splitlines()[-1] or "toy.py:" in shown.splitlines()[-2]


def test_a_model_in_the_workshop_is_fine(tmp_path: Path) -> None:
    """The workshop itself earns no refusal: each case is refused for its own lines."""
    body = "    @step\n    def f(s, w: Who):\n        s.busy[w] = True\n"
    assert load(str(write_model(tmp_path, WORKSHOP + body))).lift().steps[0].name == "f"


PATHS = """
@model
def toy():
    class Slot(Range, low=0, high=5): ...
    class Shop(State):
        up = var(bool, per=Slot, start=False)
    @step
    def f(s):
        for i in Slot:
            if s.up[i]:
                s.up[i] = False
            else:
                s.up[i] = True
"""


def test_the_limit_of_paths_is_exact_and_can_be_set(
    tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    model = load(str(write_model(tmp_path, PATHS)))
    assert len(model.lift(max_paths=64).paths) == 64
    with pytest.raises(ModelError) as raised:
        model.lift(max_paths=63)
    golden("refusals_paths", without_paths(str(raised.value), tmp_path))
