"""The operations of `intrinsics`, and elements of arrays, as instructions."""

from __future__ import annotations

from dnsrace.engines.native.arithmetic import alike
from dnsrace.engines.native.lines import Lines
from dnsrace.engines.native.values import ELEMENTS, TYPES, Array, Value

LINE = "<8 x i64>"
"""Eight words: a cache line."""
PREFETCH = "llvm.prefetch.p0"
DECLARATIONS = {
    PREFETCH: f"declare void @{PREFETCH}(ptr, i32, i32, i32)",
    "llvm.cttz.i64": "declare i64 @llvm.cttz.i64(i64, i1)",
}


def element(lines: Lines, array: Array, index: Value) -> str:
    """The address of an element."""
    return lines.new(f"getelementptr inbounds {ELEMENTS[array.kind]}, ptr {array.data}, "
                     f"i64 {index.text}")  # fmt: skip


def get(lines: Lines, array: Array, index: Value) -> Value:
    """An element; `index` is not negative, which nobody tests."""
    text = f"load {ELEMENTS[array.kind]}, ptr {element(lines, array, index)}"
    if array.kind == "i8":
        return lines.integer(text)
    grown = "zext" if array.kind == "u1" else "sext"
    return lines.integer(f"{grown} {ELEMENTS[array.kind]} {lines.new(text)} to i64")


def put(lines: Lines, array: Array, index: Value, value: Value) -> None:
    """Set an element."""
    word, text = ELEMENTS[array.kind], value.text
    if array.kind != "i8":
        text = lines.new(f"trunc i64 {text} to {word}")
    lines.do(f"store {word} {text}, ptr {element(lines, array, index)}")


def prefetch(lines: Lines, array: Array, index: Value) -> None:
    """Have the line of an element fetched, to be written to, into all caches."""
    lines.do(f"call void @{PREFETCH}(ptr {element(lines, array, index)}, i32 1, i32 3, i32 1)")


def pick(lines: Lines, test: Value, yes: Value, no: Value) -> Value:
    """One of two values, without a branch."""
    if test.known is not None:
        return yes if test.known else no
    yes, no = alike(lines, yes, no)
    kind = TYPES[yes.kind]
    chosen = lines.new(f"select i1 {test.text}, {kind} {yes.text}, {kind} {no.text}")
    return Value(yes.kind, chosen)


def lowest(lines: Lines, bits: Value) -> Value:
    """The position of the lowest bit that is set."""
    return lines.integer(f"call i64 @llvm.cttz.i64(i64 {bits.text}, i1 true)")


def _line(lines: Lines, array: Array, index: Value) -> str:
    return lines.new(f"load {LINE}, ptr {element(lines, array, index)}, align 8")


def _eight(lines: Lines, value: Value) -> str:
    """A line of equal words."""
    one = lines.new(f"insertelement {LINE} poison, i64 {value.text}, i64 0")
    return lines.new(f"shufflevector {LINE} {one}, {LINE} poison, <8 x i32> zeroinitializer")


def _bits(lines: Lines, tests: str) -> str:
    """One bit for each of eight tests."""
    byte = lines.new(f"bitcast <8 x i1> {tests} to i8")
    return lines.new(f"zext i8 {byte} to i64")


def find(lines: Lines, table: Array, at: Value, entry: Value, low_bits: Value) -> Value:
    """Eight entries compared at once."""
    ones = ", ".join(["i1 true"] * 8)
    there = _line(lines, table, at)
    empty = lines.new(f"icmp eq {LINE} {there}, zeroinitializer")
    shown = lines.new(f"lshr {LINE} {there}, {_eight(lines, low_bits)}")
    equal = lines.new(f"icmp eq {LINE} {shown}, {_eight(lines, entry)}")
    used = lines.new(f"xor <8 x i1> {empty}, <{ones}>")
    same = lines.new(f"and <8 x i1> {equal}, {used}")
    stop = lines.new(f"or <8 x i1> {same}, {empty}")
    high = lines.new(f"shl i64 {_bits(lines, same)}, 8")
    return lines.integer(f"or i64 {high}, {_bits(lines, stop)}")


def squeeze(
    lines: Lines, rows: Array, at: Value, flags: Value, count: Value, out: Array, n: Value
) -> Value:
    """Each word is written; the next one goes over it unless it was wanted."""
    words, flag = _line(lines, rows, at), _line(lines, rows, flags)
    order = ", ".join(f"i64 {i}" for i in range(8))
    set_ = lines.new(f"icmp sge {LINE} {flag}, zeroinitializer")
    there = lines.new(f"icmp slt {LINE} <{order}>, {_eight(lines, count)}")
    wanted = lines.new(f"and <8 x i1> {set_}, {there}")
    many = n
    for i in range(8):
        word = lines.new(f"extractelement {LINE} {words}, i32 {i}")
        put(lines, out, many, Value("int", word))
        more = lines.new(f"extractelement <8 x i1> {wanted}, i32 {i}")
        many = lines.integer(f"add i64 {many.text}, {lines.new(f'zext i1 {more} to i64')}")
    return lines.integer(f"sub i64 {many.text}, {n.text}")
