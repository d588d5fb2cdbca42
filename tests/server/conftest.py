"""The tests that speak to a server end as the product does: see `live.ending`. Else a green run may end with exit code 139."""

import pytest

from live.ending import end

_status = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the run went."""
    session.config.stash[_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Everything is reported. A parallel run's own processes are ended by the one that started them."""
    if not hasattr(config, "workerinput") and _status in config.stash:
        end(config.stash[_status])
