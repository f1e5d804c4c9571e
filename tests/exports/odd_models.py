"""Models with what the built-in ones do not have: names that are words of the targets, optional
domains of all kinds, negative numbers, several initial states, assignments that swap."""

from __future__ import annotations

from pathlib import Path

from support import lift_text

from dnsrace.model.system import System

NAMES = """
@model
def odd() -> None:
    '''Words of the targets: (* *) */ "quoted" \\\\ 100% é.'''
    class int_(Range, low=-2, high=1):
        '''A domain with */ and (* in its words.'''
    class Next(Names, count=2): ...
    class Some(Maybe, of=int_, none="n/a"): ...
    class rule(enum.Enum):
        IF, assert_, end, Init, TRUE, true_, default = range(7)
    class Opt(Maybe, of=rule, none="end"): ...
    class var_(Maybe, of=Next, none="none"): ...
    class S(State):
        alias = var(int_, start=-2)
        byte = var(rule, start=rule.IF)
        vars = var(bool, per=rule, start=lambda r: r == rule.end)
        CASE = var(Some, per=(bool, int_), start=Some.none)
        init = var(Opt, start=Opt.none)
        who = var(var_, per=Next, start=var_.none)
        now = var(int_, per=Opt, start=-2)
        default = var(bool, start=False)
        a_name_with_É = var(bool, start=False)

    def spend(s):
        require(s.alias < 1)
        s.alias += 1

    @step
    def do(s, alias: int_, byte: bool):
        '''Do */ it "now" % \\\\ (* é.'''
        require(s.CASE[byte, alias] == Some.none or alias < 0)
        spend(s)
        s.CASE[byte, alias] = alias
        say(f'"{alias}" 100% \\\\ */ %d')
    @step
    def Init(s, r: rule):
        spend(s)
        s.vars[r] = not s.vars[s.byte]
        s.byte = r
        s.init = s.byte
    @step
    def Spec(s, m: Opt):
        require(s.now[m] < 1)
        spend(s)
        s.now[m] += 1
        s.init = m
    @step
    def next(s, Next: Next, b: Next):
        spend(s)
        s.who[Next], s.who[b] = s.who[b], Next
    @always
    def Next_(s):
        '''Words: */ "x" (*.'''
        return any(s.who[x] != var_.none for x in Next) or s.alias < 0
    @always
    def TypeOK(s):
        return not s.default
    @sometimes
    def free(s):
        return all(s.who[x] == x for x in Next)
    @every_step
    def assert_(before, after):
        return before.init == after.init or after.init != Opt.none
    @eventually(fairness="strong", stays=False)
    def x(s):
        return s.init != Opt.none
    @recoverable
    def y(s):
        return s.alias == 0
"""

STARTS = """
@model
def starts() -> None:
    class Cell(Range, low=-1, high=1): ...
    class Who(Names, count=2): ...
    class Color(enum.Enum):
        RED, GREEN, BLUE = range(3)
    class Paint(Maybe, of=Color, none="bare"): ...
    class S(State):
        at = var(Cell, per=Who, start=Cell)
        wall = var(Paint, per=Cell, start=one_of(Paint.none, Color.BLUE))
        turn = var(Who, start=Who)
        shift = var(Cell, per=(Cell, bool), start=lambda c, b: (c * 2 + 5) % 3 - 1)
        best = var(Who, per=Who, start=lambda w: w)

    @step
    def swap(s, a: Cell, b: Cell):
        '''Two elements change places at once.'''
        require(a < b)
        s.wall[a], s.wall[b] = s.wall[b], s.wall[a]
    @step
    def paint(s, w: Who, c: Color):
        require(s.turn == w and s.wall[s.at[w]] != c)
        s.wall[s.at[w]] = c if s.at[w] <= 0 else Paint.none
        say(f"paints {s.at[w]} in {c}")
    @step
    def move(s, w: Who):
        require(s.at[s.best[w]] // 2 < 0 or s.at[w] % 2 == 1)
        s.at[w] = s.shift[s.at[s.turn], s.wall[0] == s.wall[s.at[w]]]
        s.turn = s.best[w]
    @always
    def someone(s):
        return any(s.wall[c] != Paint.none or s.at[w] == c for c in Cell for w in Who)
    @always
    def small(s):
        return sum(s.at[w] for w in Who) * 2 - max(s.at[w] for w in Who) <= 3
    @sometimes
    def same(s):
        return s.wall[-1] == s.wall[0] == s.wall[1] == Color.GREEN
    @every_step
    def stays(before, after):
        return all(after.wall[after.at[w]] == before.wall[after.at[w]] or before.turn == w
                   for w in Who)
    @recoverable
    def bare(s):
        return all(s.wall[c] == Paint.none for c in Cell)
"""

UNLIKE = """
@model
def unlike() -> None:
    '''Names taken one by one: they must become numbers.'''
    class Node(Names, count=3): ...
    class Seen(Maybe, of=Node, none="nobody"): ...
    class S(State):
        on = var(bool, per=Node, start=False)
        last = var(Seen, start=Seen.none)
        kept = var(bool, per=Seen, start=False)

    @step
    def light(s, n: Node):
        require(not s.on[n])
        s.on[n] = True
        s.last = n
        s.kept[s.last] = not s.kept[n]
    @step
    def clear(s):
        require(all(s.on[n] for n in Node))
        for n in Node:
            s.on[n] = False
        s.kept[s.last] = True
        s.last = Seen.none
    @always
    def nobody(s):
        return s.last != Seen.none or not any(s.on[n] for n in Node)
    @always
    def kept_nobody(s):
        return not s.kept[Seen.none]
    @sometimes
    def two(s):
        return sum(s.on[n] for n in Node) == 2
    @every_step
    def changes(before, after):
        return before.last != after.last
"""

LEAVES = """
@model
def leaves() -> None:
    class Small(Range, low=0, high=3): ...
    class S(State):
        x = var(Small, start=0)
        y = var(Small, start=3)

    @step
    def add(s):
        s.x = s.x + 2
    @step
    def subtract(s):
        s.y = s.y - 2
"""

READS_BEYOND = """
@model
def reads_beyond() -> None:
    class Small(Range, low=-1, high=2): ...
    class S(State):
        x = var(Small, start=-1)
        a = var(bool, per=Small, start=True)

    @step
    def grow(s):
        require(s.x < 2)
        s.x += 1
    @always
    def within(s):
        return s.a[s.x + 1]
"""

ODD = ["names", "starts", "unlike"]

_TEXTS = {
    "names": NAMES,
    "starts": STARTS,
    "unlike": UNLIKE,
    "leaves": LEAVES,
    "reads_beyond": READS_BEYOND,
}


def odd_model(name: str, directory: Path) -> System:
    """One of these models, lifted from a file in a directory."""
    return lift_text(directory, _TEXTS[name])
