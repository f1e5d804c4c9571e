"""The one file that imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])

VERSION = f"numba {numba.__version__}"


def compiled(function: F) -> F:
    """Compile a function of a generated file; its machine code is cached beside that file."""
    made: F = njit(function, cache=True, nogil=True, boundscheck=False, error_model="numpy")
    return made


@intrinsic
def prefetch(typingctx, array, index):  # type: ignore[no-untyped-def]
    """Ask for the cache line of an element of a one-dimensional array, to write to it soon."""
    if not isinstance(array, types.Array):
        return None
    signature = types.void(array, types.int64)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        data = cgutils.create_struct_proxy(array)(context, builder, value=args[0]).data
        pointer = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        i32 = ir.IntType(32)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [pointer.type, i32, i32, i32]),
            "llvm.prefetch.p0" if not pointer.type.is_pointer else "llvm.prefetch.p0i8",
        )
        builder.call(function, [pointer, i32(1), i32(3), i32(1)])
        return context.get_dummy_value()

    return signature, codegen
