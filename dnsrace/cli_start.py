"""What `dnsrace` alone says: what to type first."""

WELCOME = """\
dnsrace finds, explains and rules out races like the one behind the outage of 19 October 2025.

  See the outage, step by step      dnsrace explore --enactors 3
  See that the fix rules it out     dnsrace explore --enactors 3 --fixed
  See which other fixes would do    dnsrace fixes --enactors 2

  Look at the models                dnsrace models
  Begin one of your own             dnsrace new my_model.py

Every command, every option         dnsrace --help, dnsrace COMMAND --help
"""
