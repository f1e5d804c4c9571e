"""The text of one function in LLVM's language: registers, blocks, local variables."""

from __future__ import annotations

from dnsrace.engines.native.values import TYPES, Kind, Value


class Lines:
    """Lines of code, added at the end of the block that was begun last."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.locals: list[str] = []
        """Lines for the very beginning."""
        self.open = True
        """Whether what comes next can be reached."""
        self._count = 0

    def fresh(self, prefix: str) -> str:
        """A name that is not used yet."""
        self._count += 1
        return f"%{prefix}{self._count}"

    def new(self, text: str) -> str:
        """The register that gets the result of an instruction."""
        name = self.fresh("v")
        self.texts.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """An instruction without a result."""
        self.texts.append(f"  {text}")

    def integer(self, text: str) -> Value:
        """The result of an instruction, as an integer."""
        return Value("int", self.new(text))

    def boolean(self, text: str) -> Value:
        """The result of an instruction, as a Bool."""
        return Value("bool", self.new(text))

    def local(self, kind: Kind) -> str:
        """The place of a new variable, which is 0 at first: LLVM moves it into a register."""
        place = self.fresh("p")
        self.locals.append(f"  {place} = alloca {TYPES[kind]}")
        self.locals.append(f"  store {TYPES[kind]} 0, ptr {place}")
        return place

    def load(self, kind: Kind, place: str) -> Value:
        """What a variable holds."""
        return Value(kind, self.new(f"load {TYPES[kind]}, ptr {place}"))

    def store(self, value: Value, place: str) -> None:
        """Give a variable a value of its kind."""
        self.do(f"store {TYPES[value.kind]} {value.text}, ptr {place}")

    def begin(self, block: str) -> None:
        """What follows belongs to this block."""
        if self.open:
            self.jump(block)
        self.texts.append(f"{block[1:]}:")
        self.open = True

    def jump(self, block: str) -> None:
        """Go on there, unless this cannot be reached."""
        if self.open:
            self.end(f"br label {block}")

    def branch(self, test: Value, yes: str, no: str) -> None:
        """Go on in one of two blocks."""
        self.end(f"br i1 {test.text}, label {yes}, label {no}")

    def end(self, text: str) -> None:
        """The last instruction of a block."""
        self.do(text)
        self.open = False
