"""Proofs with Z3: a model as formulas over all its states, whatever its size."""
