"""A model, handed to other people's model checkers: TLA+, Promela, Murphi.

All three are written from the lifted form, which the engines read too.
"""
