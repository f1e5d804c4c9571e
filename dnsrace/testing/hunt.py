"""Tests of any model, one for each property that can be hunted for:

    pytest --pyargs dnsrace.testing.hunt --dnsrace-model ./my_model.py -k stateful

`--dnsrace-set`, `--dnsrace-fixed`, `--dnsrace-engine`, `--dnsrace-profile`, `--dnsrace-seed` and
`--dnsrace-replay` say the rest.
"""

from __future__ import annotations

import pytest

from dnsrace.errors import DnsraceError, InternalError
from dnsrace.testing import check_model
from dnsrace.testing.options import current

ONE_BEHAVIOUR = "replay"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each property; the model is named by an option."""
    try:
        names = [ONE_BEHAVIOUR] if current().replay else _names()
    except InternalError:
        raise
    except DnsraceError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    metafunc.parametrize("name", names)


def _names() -> list[str]:
    from dnsrace.testing.checks import properties_of_options

    return properties_of_options()


def test_stateful(name: str) -> None:
    """Nothing violates the property, as far as the engine looked."""
    __tracebackhide__ = True
    options = current()
    engine = options.engine or "hunt"
    if name == ONE_BEHAVIOUR:
        check_model(engine=engine)
    else:
        check_model(engine=engine, properties=name)
