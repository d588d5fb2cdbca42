"""Logs carry ids and rules; secrets and what people handed in never reach them, whoever wrote the line."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from live.encryption import PayloadRefused
from live.logs import HIDDEN, LogStyle, configure_logging, logger
from policies.people import Person

NAME = "王秀英"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A fresh log; what was set up for it is taken away again."""
    root, path = logging.getLogger(), tmp_path / "logs" / "worker.jsonl"
    level, told = root.level, (workflow.logger.workflow_info_on_message, workflow.logger.disable_sandbox)
    handler = configure_logging(LogStyle.JSON, file=path)
    yield path
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)
    workflow.logger.workflow_info_on_message, workflow.logger.disable_sandbox = told
    structlog.reset_defaults()


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_json_with_instant_level_and_place(file: Path) -> None:
    """Our own loggers write event, fields, level, name and a UTC instant."""
    logger("live.worker").info("worker started", queue="elections")
    (line,) = lines(file)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "worker started", "queue": "elections", "level": "info", "logger": "live.worker"}


def test_the_sdks_lines_go_the_same_way_with_flat_ids(file: Path) -> None:
    """A standard logger with the SDK's dictionary about a workflow."""
    details = {"workflow_id": "Q-S1-U1/party", "run_id": "r", "attempt": 1, "namespace": "n", "task_queue": "t"}
    logging.getLogger("temporalio.workflow").warning("late", extra={"temporal_workflow": details})
    (line,) = lines(file)
    assert (line["event"], line["workflow"], line["run"], line["attempt"]) == ("late", "Q-S1-U1/party", "r", 1)
    assert "temporal_workflow" not in line


def test_secrets_are_hidden_at_any_depth(file: Path) -> None:
    """By the names they go under; numbers of things keep theirs."""
    structlog.stdlib.get_logger().info(
        "asked",
        token="t-123",
        request={"api_key": "k-1", "headers": [{"Authorization": "Bearer x"}]},
        key_id="K1",
        name=NAME,
    )
    (line,) = lines(file)
    assert line["token"] == HIDDEN
    assert line["request"] == {"api_key": HIDDEN, "headers": [{"Authorization": HIDDEN}]}
    assert line["key_id"] == "K1"
    assert NAME not in file.read_text(encoding="utf-8")


def test_an_object_is_shown_by_its_type(file: Path) -> None:
    """A model logged by mistake does not write out a person."""
    structlog.stdlib.get_logger().info("got", what=Person.model_construct(id="P1", name=NAME))
    (line,) = lines(file)
    assert line["what"] == "<Person>"


def refused_input() -> None:
    Person.model_validate({"name": NAME})


def refused_form() -> None:
    raise ApplicationError(f"{NAME}与监票人有近亲属关系", {"message": NAME}, type="refused", non_retryable=True)


def doubled() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("create table t (n integer unique)")
    database.executemany("insert into t values (?)", [(1,), (1,)])


@pytest.mark.parametrize(
    ("fails", "shown"),
    [
        (refused_input, f"ValidationError: {HIDDEN}"),
        (refused_form, f"ApplicationError: {HIDDEN}（refused）"),
        (doubled, f"IntegrityError: {HIDDEN}（SQLITE_CONSTRAINT_UNIQUE）"),
    ],
)
def test_exceptions_that_may_quote_somebody_lose_their_words(file: Path, fails: Any, shown: str) -> None:
    """Type and place stay, so that a programmer finds it; what was handed in does not."""
    try:
        fails()
    except Exception:
        logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=True)
    (line,) = lines(file)
    assert shown in line["exception"]
    assert f"in {fails.__name__}" in line["exception"]
    assert NAME not in file.read_text(encoding="utf-8")


def test_exceptions_about_files_and_keys_keep_their_words(file: Path) -> None:
    """They tell the operator what to do, and their causes are followed."""
    try:
        try:
            Path("/nowhere/registry.sqlite").read_bytes()
        except OSError as error:
            raise PayloadRefused("没有密钥 K1（现有：K2）") from error
    except PayloadRefused:
        structlog.stdlib.get_logger().exception("failed")
    (line,) = lines(file)
    assert "没有密钥 K1（现有：K2）" in line["exception"]
    assert "No such file or directory: '/nowhere/registry.sqlite'" in line["exception"]


def test_what_is_bound_stands_in_the_lines_of_libraries_too(file: Path) -> None:
    """An activity's workflow and unit are in whatever is logged while it runs."""
    with structlog.contextvars.bound_contextvars(workflow="W", unit="U"):
        logging.getLogger("sqlalchemy.pool").warning("slow")
    (line,) = lines(file)
    assert (line["workflow"], line["unit"]) == ("W", "U")


def test_setting_up_again_replaces_what_was_there(file: Path, tmp_path: Path) -> None:
    """No line is written twice."""
    other = tmp_path / "other.jsonl"
    handler = configure_logging(LogStyle.CONSOLE, file=other)
    try:
        logging.getLogger("x").warning("once")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert lines(file) == []
    assert other.read_text(encoding="utf-8").count("once") == 1


def test_before_it_is_set_up_nothing_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that prints JSON is not spoilt by a log line."""
    logger("live.connection").warning("server not reachable yet")
    assert capsys.readouterr().out == ""
