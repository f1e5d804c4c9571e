"""What a system is: domains, expressions, lifting, and the interpreter that defines the meaning.

A model's file imports from here and from the standard library.
"""

from dnsrace.model.classes import Maybe, Names, Range
from dnsrace.model.declarations import (
    State,
    always,
    column,
    end,
    eventually,
    every_step,
    one_of,
    outcome,
    picture,
    recoverable,
    sometimes,
    step,
    var,
)
from dnsrace.model.language import Model, model
from dnsrace.model.lifting import ago, require, say
from dnsrace.model.parameters import at_least, between
from dnsrace.model.pictures import Arrow, Box

__all__ = [
    "Arrow",
    "Box",
    "Maybe",
    "Model",
    "Names",
    "Range",
    "State",
    "ago",
    "always",
    "at_least",
    "between",
    "column",
    "end",
    "eventually",
    "every_step",
    "model",
    "one_of",
    "outcome",
    "picture",
    "recoverable",
    "require",
    "say",
    "sometimes",
    "step",
    "var",
]
