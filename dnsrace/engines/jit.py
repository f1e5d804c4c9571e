"""The one file that imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import llvmlite.binding
import numba
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "boundscheck": False,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}


def _leave_out_avx512() -> None:
    """LLVM 22 compiles some of our loops wrongly for AVX-512: a masked `vpternlogq` whose operands
    were exchanged, but not in its table of truth. AVX2 is hardly slower."""
    config: Any = numba.config
    features = llvmlite.binding.get_host_cpu_features()
    if config.CPU_NAME is None and any(name.startswith("avx512") for name in features):
        wanted = (f"{'-+'[on and 'avx512' not in name]}{name}" for name, on in features.items())
        config.CPU_NAME = llvmlite.binding.get_host_cpu_name()
        config.CPU_FEATURES = ",".join(sorted(wanted))


_leave_out_avx512()

VERSION = f"numba {numba.__version__}"


def compiled(function: F) -> F:
    """Compile a function of a generated file; its machine code is cached beside that file."""
    made: F = njit(function, **OPTIONS)
    return made


def inner(function: F) -> F:
    """Compile a function that only compiled ones call: it gets no door to Python."""
    options = OPTIONS | {"no_cpython_wrapper": True}
    made: F = njit(function, **options)
    return made


def merged(function: F) -> F:
    """Copy a function into those that call it, before they are compiled."""
    made: F = njit(function, inline="always")
    return made


def _element(context, builder, kind, array, index):  # type: ignore[no-untyped-def]
    """The address of an element of a one-dimensional array."""
    data = cgutils.create_struct_proxy(kind)(context, builder, value=array).data
    return builder.gep(data, [index])


@intrinsic
def get(typingctx, array, index):  # type: ignore[no-untyped-def]
    """`array[index]` for an index that is not negative, and not tested for it."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.load(_element(context, builder, array, *args))

    return types.int64(array, types.int64), codegen


@intrinsic
def put(typingctx, array, index, value):  # type: ignore[no-untyped-def]
    """`array[index] = value` for an index that is not negative, and not tested for it."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        builder.store(args[2], _element(context, builder, array, *args[:2]))
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), codegen


@intrinsic
def prefetch(typingctx, array, index):  # type: ignore[no-untyped-def]
    """Ask for the cache line of an element, to write to it soon."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        byte, i32 = ir.IntType(8).as_pointer(), ir.IntType(32)
        pointer = builder.bitcast(_element(context, builder, array, *args), byte)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [byte, i32, i32, i32]),
            "llvm.prefetch.p0" if not byte.is_pointer else "llvm.prefetch.p0i8",
        )
        builder.call(function, [pointer, i32(1), i32(3), i32(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), codegen


@intrinsic
def pick(typingctx, test, yes, no):  # type: ignore[no-untyped-def]
    """One of two integers or Bools, without a branch."""
    bools = (types.Boolean, types.BooleanLiteral)
    kind = types.boolean if isinstance(yes, bools) or isinstance(no, bools) else types.int64

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.select(*args)

    return kind(types.boolean, kind, kind), codegen


@intrinsic
def lowest(typingctx, bits):  # type: ignore[no-untyped-def]
    """The position of the lowest bit that is set; there must be one."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.IntType(1)(1))

    return types.int64(types.int64), codegen


LINE = ir.VectorType(ir.IntType(64), 8)
"""Eight words: a cache line."""


def _line_at(context, builder, kind, array, index):  # type: ignore[no-untyped-def]
    return builder.bitcast(_element(context, builder, kind, array, index), LINE.as_pointer())


def _eight(builder, value):  # type: ignore[no-untyped-def]
    """A line of equal words."""
    line = ir.Constant(LINE, ir.Undefined)
    for i in range(8):
        line = builder.insert_element(line, value, ir.IntType(32)(i))
    return line


def _bits(builder, line):  # type: ignore[no-untyped-def]
    """One bit for each of eight tests."""
    return builder.zext(builder.bitcast(line, ir.IntType(8)), ir.IntType(64))


@intrinsic
def find(typingctx, table, at, entry, low_bits):  # type: ignore[no-untyped-def]
    """Compare the eight entries of `table` from position `at` on, which is a multiple of eight,
    with `entry`, leaving out their low bits. The result has a bit for each entry that is equal,
    256 upwards, and a bit for each that is equal or empty, 1 upwards."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        there = builder.load(_line_at(context, builder, table, *args[:2]), align=8)
        used = builder.icmp_unsigned("!=", there, ir.Constant(LINE, [0] * 8))
        shown = builder.lshr(there, _eight(builder, args[3]))
        same = builder.icmp_unsigned("==", shown, _eight(builder, args[2]))
        same = builder.and_(same, used)
        stop = builder.or_(same, builder.not_(used))
        high = builder.shl(_bits(builder, same), ir.IntType(64)(8))
        return builder.or_(high, _bits(builder, stop))

    return types.int64(table, types.int64, types.int64, types.int64), codegen


@intrinsic
def squeeze(typingctx, lanes, at, flags, count, out, n):  # type: ignore[no-untyped-def]
    """Of the eight words of `lanes` from position `at` on, but no more than `count`, write those
    whose flag, from position `flags` on, is not negative to `out` from position n on; what lies
    behind them there, up to eight words, is spoilt. Returns how many there were."""
    signature = types.int64(lanes, types.int64, types.int64, types.int64, out, types.int64)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        i64 = ir.IntType(64)
        words = builder.load(_line_at(context, builder, lanes, args[0], args[1]), align=8)
        flag = builder.load(_line_at(context, builder, lanes, args[0], args[2]), align=8)
        wanted = builder.and_(
            builder.icmp_signed(">=", flag, ir.Constant(LINE, [0] * 8)),
            builder.icmp_signed("<", ir.Constant(LINE, list(range(8))), _eight(builder, args[3])),
        )
        many = i64(0)
        for i in range(8):
            where = _element(context, builder, out, args[4], builder.add(args[5], many))
            builder.store(builder.extract_element(words, ir.IntType(32)(i)), where)
            more = builder.extract_element(wanted, ir.IntType(32)(i))
            many = builder.add(many, builder.zext(more, i64))
        return many

    return signature, codegen
