"""The DNS automation of the outage of 19 October 2025, in ordinary asyncio code.

A planner writes plans; enactors take the newest one, get a zone's lock, build the plan's records,
flip the alias to them, and clean up what is old. Deployed and fixed differ where it says `# FIX`.

    python -m examples.enactor             hunts the outage, and prints it
    python -m examples.enactor --fixed     hunts in the fixed variant
    python -m examples.enactor --help      the rest

What the code does is described by the model `dynamodb_dns`, action by action: `events.py` says how
a run is compared with it.
"""
