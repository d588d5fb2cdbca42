"""Bringing a county up does not paper over what was lost."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.registry import Kind, create_registry
from live.encryption import new_key
from live.pilot import bring_up
from live.server.problems import ConfigurationWrong
from live.settings import CountySettings
from tests.activities.registry.county import election

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def refused(home: Path) -> str:
    """What is said when this home is brought up; nothing may be made."""
    before = sorted(path.relative_to(home) for path in home.rglob("*"))
    with pytest.raises(ConfigurationWrong) as error:
        asyncio.run(bring_up(CountySettings(home=home), Kind.LIVE, lambda line: None))
    assert sorted(path.relative_to(home) for path in home.rglob("*")) == before
    return str(error.value)


def test_a_server_without_its_registry_is_not_started(tmp_path: Path) -> None:
    """The registry is made first: a store alone has lost it."""
    (tmp_path / "temporal.sqlite").touch()
    assert "没有登记库" in refused(tmp_path)


def test_elections_without_their_server_or_keys_are_not_started_anew(tmp_path: Path) -> None:
    """Both are named at once; with them there, nothing is wrong."""
    registry = create_registry(tmp_path / "registry.sqlite", Kind.LIVE, NOW)
    registry.elections.record(election())
    registry.close()
    said = refused(tmp_path)
    assert "没有服务器的存储" in said
    assert "没有内容密钥" in said
    new_key(tmp_path / "keys")
    assert "没有内容密钥" not in refused(tmp_path)
