"""dnsrace finds, explains and rules out races like the one behind the outage of 19 October 2025."""

__version__ = "0.1.0"
