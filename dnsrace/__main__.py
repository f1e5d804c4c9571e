"""`python -m dnsrace`."""

from dnsrace.cli import main

if __name__ == "__main__":
    main()
