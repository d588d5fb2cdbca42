"""The Temporal server under a county's elections: found or built, configured, started, prepared."""

from live.server.configuration import Configuration, MutualTls, Ports
from live.server.find import AtAddress, Binary, Found, Kind, Source, find_server, find_sql_tool
from live.server.prepare import RETENTION, SEARCH_ATTRIBUTES, Prepared, prepare
from live.server.problems import ServerProblem
from live.server.process import Server, running, running_process, start, stop_running
from live.server.schema import Outcome, Step, set_up
from live.server.stores import MemoryStore, PostgresStore, SqliteStore, Store

__all__ = [
    "RETENTION",
    "SEARCH_ATTRIBUTES",
    "AtAddress",
    "Binary",
    "Configuration",
    "Found",
    "Kind",
    "MemoryStore",
    "MutualTls",
    "Outcome",
    "Ports",
    "PostgresStore",
    "Prepared",
    "Server",
    "ServerProblem",
    "Source",
    "SqliteStore",
    "Step",
    "Store",
    "find_server",
    "find_sql_tool",
    "prepare",
    "running",
    "running_process",
    "set_up",
    "start",
    "stop_running",
]
