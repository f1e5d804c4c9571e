"""How fast dnsrace is, beside what else can search the same spaces.

    python -m benchmarks startup     from the command to the answer, cold and with the cache
    python -m benchmarks search      states a second, beside a C loop written by hand
    python -m benchmarks symmetry    with symmetry reduction and without, to the same verdict
    python -m benchmarks scale       the cost of a state, from a million states to hundreds
    python -m benchmarks code        hunting in asyncio code, beside a uniform random walk
    python -m benchmarks tools       beside Spin and Rumur, which must be installed
    python -m benchmarks conform     how fast logs are explained
    python -m benchmarks proofs      proofs for every size, and what they take beside search
    python -m benchmarks hunting     how soon random walks meet the outage, and how often

Each runs its commands in turn, several times, and prints medians and ratios as a Markdown table:
these machines are shared, so a ratio within one run says more than a time. docs/benchmarks.md keeps
the tables.
"""
