"""Structured logs: one JSON object a line for machines, or coloured lines for a console; ids yes, people and secrets no.

Everything goes one way: structlog's own loggers, the SDK's and every library's standard loggers, and the messages of the
SDK's core end in one handler with the same processors. What a log may never hold is taken out there, wherever it came from:
values under names such as `token`, and the messages of exceptions that may quote what people handed in (a validation error
quotes its input, a database error its parameters). Such an exception is shown by its type and where it was raised.
"""

import io
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from enum import StrEnum
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Final

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger
from temporalio import activity, workflow
from temporalio.exceptions import TemporalError
from temporalio.service import RPCError

from live.encryption import KeysUnusable, PayloadRefused
from live.tls import TransportRefused

HIDDEN: Final = "［已隐去］"
_SECRET = re.compile(
    r"token|secret|passw|api_?key|private|credential|cookie|authori[sz]ation|^(payload|form|submission|name)s?$", re.I
)
_QUOTES_NOBODY: tuple[type[BaseException], ...] = (
    OSError,
    RPCError,
    KeysUnusable,
    PayloadRefused,
    TransportRefused,
    workflow.NondeterminismError,
)
"""Exceptions whose messages speak of files, connections and keys, never of what somebody handed in."""


class LogStyle(StrEnum):
    """How a line looks."""

    JSON = "json"
    CONSOLE = "console"


def configure_logging(
    style: LogStyle = LogStyle.JSON, *, file: Path | None = None, level: int = logging.INFO
) -> logging.Handler:
    """Send every log of this process to `file` (appended, survives logrotate) or to stderr; returns the handler in place.

    Called again, it replaces what it set up before. Raises OSError when the file cannot be opened.
    """
    handler: logging.Handler
    if file is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = WatchedFileHandler(file, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), without_repetition, *_SHARED],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last(style, coloured=file is None),
            ],
        )
    )
    root = logging.getLogger()
    for other in [each for each in root.handlers if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(other)
        other.close()
    root.addHandler(handler)
    root.setLevel(level)
    structlog.configure(
        processors=_ours(),
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # the ids come as fields, once; not as a dictionary's text behind every message
    workflow.logger.workflow_info_on_message = False
    workflow.logger.unsafe_disable_sandbox()  # writing a log line decides nothing
    activity.logger.activity_info_on_message = False
    return handler


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A structured logger of ours. Before `configure_logging` it behaves as standard loggers do: warnings, to stderr."""
    bound: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_ours(), wrapper_class=structlog.stdlib.BoundLogger
    )
    return bound


def _ours() -> list[Processor]:
    return [structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def sdk_logger() -> logging.Logger:
    """The logger that the messages of the SDK's core go to."""
    return logging.getLogger("temporalio.core")


def _last(style: LogStyle, *, coloured: bool) -> list[Processor]:
    if style is LogStyle.CONSOLE:
        colours = coloured and sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.JSONRenderer(ensure_ascii=False, default=_shape)]


def _shape(value: object) -> str:
    """What a log shows of a value that is no plain JSON: its type, never its content."""
    return f"<{type(value).__name__}>"


# ---------------------------------------------------------------- processors


def without_repetition(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What another handler's formatter left on a standard record, which is the event and its instant once more."""
    for key in ("message", "asctime"):
        event.pop(key, None)
    return event


def where(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The SDK's dictionaries about a workflow or an activity, as the few flat fields people search for."""
    about: dict[str, Any] = {
        **(event.pop("temporal_workflow", None) or {}),
        **(event.pop("temporal_activity", None) or {}),
    }
    for theirs, ours in _FIELDS.items():
        if theirs in about:
            event.setdefault(ours, about[theirs])
    core = event.pop("temporal_log", None)
    if core is not None:
        event.update({f"core_{key}": value for key, value in core.fields.items() if key in _CORE_FIELDS})
    return event


_FIELDS = {
    "workflow_id": "workflow",
    "run_id": "run",
    "workflow_run_id": "run",
    "activity_type": "activity",
    "attempt": "attempt",
    "update_name": "update",
}
_CORE_FIELDS = ("workflow_id", "run_id", "error", "reason", "task_queue", "attempt", "cause")


def hide(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Values whose names say that they are secrets, or hold what people handed in, to any depth."""
    return _hidden(event)


def _hidden(fields: MutableMapping[str, Any]) -> dict[str, Any]:
    return {
        key: HIDDEN
        if isinstance(key, str) and _SECRET.search(key) and not isinstance(value, bool | None)
        else _inside(value)
        for key, value in fields.items()
    }


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return _hidden(value)
    if isinstance(value, list | tuple):
        return [_inside(each) for each in value]
    return value


def tell(exc_info: ExcInfo) -> str:
    """An exception with its causes: types, places in the code, and the message where it can quote nobody."""
    lines = io.StringIO()
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines.writelines(traceback.format_tb(error.__traceback__))
        lines.write(f"{type(error).__module__}.{type(error).__qualname__}: {message_of(error)}\n")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is not None:
            lines.write("起因：\n")
    return lines.getvalue().rstrip("\n")


def message_of(error: BaseException) -> str:
    """The message of an exception that can quote nobody; else that it was left out, with an SQL state or a Temporal type."""
    if isinstance(error, _QUOTES_NOBODY):
        return str(error)
    known = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if known is None and isinstance(error, TemporalError):
        known = getattr(error, "type", None)
    return f"{HIDDEN}（{known}）" if known else HIDDEN


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    where,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.ExceptionRenderer(tell),
    hide,
]
