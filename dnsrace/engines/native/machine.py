"""LLVM, through llvmlite: from a module's text to machine code in memory. The one file that
imports it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

import llvmlite
import llvmlite.binding as llvm

from dnsrace.errors import InternalError

TOOLCHAIN = f"llvmlite {llvmlite.__version__}"


class Machine:
    """A processor, this one unless told otherwise."""

    def __init__(self, cpu: str | None = None, features: str | None = None) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.cpu = llvm.get_host_cpu_name() if cpu is None else cpu
        self.features = _features() if features is None else features

    @property
    def name(self) -> str:
        """A hash of all that the machine code depends on."""
        key = f"{llvm.get_process_triple()}\0{self.cpu}\0{self.features}"
        return hashlib.sha256(key.encode()).hexdigest()[:8]

    def _target(self) -> llvm.TargetMachine:
        target = llvm.Target.from_triple(llvm.get_process_triple())
        return target.create_target_machine(
            cpu=self.cpu, features=self.features, opt=3, reloc="default", codemodel="jitdefault",
            jit=True,
        )  # fmt: skip

    def assemble(self, text: str) -> bytes:
        """Optimise a module and make machine code of it, as an object file.

        Raises InternalError when LLVM does not understand the module.
        """
        target = self._target()
        try:
            module = llvm.parse_assembly(f'target triple = "{target.triple}"\n{text}')
            module.verify()
        except RuntimeError as error:
            raise InternalError(f"LLVM refuses what was generated: {error}") from None
        module.data_layout = str(target.target_data)
        # more than this doubles LLVM's time, and the search gains nothing that can be measured
        tuning = llvm.create_pipeline_tuning_options(speed_level=2)
        tuning.loop_vectorization, tuning.slp_vectorization = True, False
        tuning.loop_interleaving, tuning.loop_unrolling = False, True
        builder = llvm.create_pass_builder(target, tuning)
        builder.getModulePassManager().run(module, builder)
        found: bytes = target.emit_object(module)
        return found

    def load(self, code: bytes, names: Iterable[str]) -> tuple[object, dict[str, int]]:
        """Bring machine code into memory. Returns what must be kept as long as it is used, and the
        address of each function."""
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._target())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return engine, {name: engine.get_function_address(name) for name in names}


def _features() -> str:
    """What this processor can do, as far as LLVM can tell, but for AVX-512: LLVM 22 compiles some
    of our loops wrongly for it (a masked `vpternlogq` whose operands were exchanged, but not in its
    table of truth). AVX2 is hardly slower."""
    try:
        found = llvm.get_host_cpu_features()
    except RuntimeError:
        return ""
    return ",".join(
        f"{'+' if there and not name.startswith('avx512') else '-'}{name}"
        for name, there in sorted(found.items())
    )


@cache
def this_machine() -> Machine:
    """The processor that this runs on."""
    return Machine()
