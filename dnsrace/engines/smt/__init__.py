"""Questions for Z3: the lifted form as bit-vectors, unrolled step by step."""
