"""What differs between the service as it was deployed, the fixed one, and those with a drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Settings:
    """The service's settings. Names are those of the model's parameters where it has them.

    Parameters
    ----------
    enactors, plans, endpoints, retention: as in the model.
    freshness, cleaner, rollback: the three decisions; the defaults are as deployed.
    lease: seconds after which a lock that was not renewed may be taken over; None: never.
    crashes: whether enactors are expected to crash, for the head of the log.
    poll, backoff, interval: seconds between looks at the bucket, tries for a lock, and looks at the
        load balancers.
    looks: how often the planner looks at these until it writes a plan.
    drift: a part of the fixed design that the code has lost; None: none.
    """

    enactors: int = 3
    plans: int = 4
    endpoints: int = 1
    retention: int = 1
    freshness: Literal["once", "in_batch"] = "once"
    cleaner: Literal["blind", "checked", "transactional"] = "blind"
    rollback: Literal["strict", "tolerant"] = "strict"
    lease: float | None = None
    crashes: bool = False
    poll: float = 60.0
    backoff: float = 5.0
    interval: float = 60.0
    looks: int = 1
    drift: Literal["cleaner_without_guard", "flip_without_preamble"] | None = None


DEPLOYED = Settings()
FIXED = Settings(freshness="in_batch", cleaner="transactional", rollback="tolerant")
