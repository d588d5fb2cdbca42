"""The histories kept in the repository, with the plan, the calendar and the drill's clock they ran under.

The code of every later version must be able to go on with an election that began with these: `tests/workflows/test_replay.py`.
The plan is kept with them, so that a correction of the plan's own file leaves them what they are.
"""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from policies.calendar import Calendar
from policies.clock import Clock
from policies.pack.load import load_pack
from workflows.setting import Setting, install

UNREAD = frozenset({"identity", "requestId", "taskId", "namespaceId", "buildId", "binaryChecksum"})
UNIT, TERM = (Path(__file__).parent / name for name in ("unit.json.gz", "term.json.gz"))
"""An election with its bodies; and within a village's term a recall, a departure and a by-election."""


@dataclass(frozen=True)
class Kept:
    """What lies in the file. The texts are what the registry had recorded."""

    setting: str
    pack_id: str
    pack_text: str
    calendar_json: str
    clock_json: str
    histories: dict[str, dict[str, Any]]  # by workflow id, as the SDK's JSON

    def install(self) -> Setting:
        """Make what they ran under known to this process. Raises AssertionError when it is not what it was any more."""
        pack = load_pack(self.pack_text, self.pack_id)
        found = install(
            pack, Calendar.model_validate_json(self.calendar_json), Clock.model_validate_json(self.clock_json)
        )
        assert found.hash == self.setting, "the shape of a plan has changed: elections under way could not go on"
        return found

    def history(self, workflow: str) -> WorkflowHistory:
        """One workflow's history. Raises KeyError."""
        return WorkflowHistory.from_json(workflow, _encoded(self.histories[workflow]))


def read(file: Path = UNIT) -> Kept:
    """The kept histories."""
    return Kept(**json.loads(gzip.decompress(file.read_bytes())))


def write(kept: Kept, file: Path) -> None:
    """Keep these from now on; compressed without a time stamp."""
    text = json.dumps(kept.__dict__, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def as_json(histories: Iterable[WorkflowHistory]) -> dict[str, dict[str, Any]]:
    """By workflow id, contents as text, to be read; without what replaying never looks at (and `identity` names a machine)."""
    return {each.workflow_id: _readable(each.to_json_dict()) for each in histories}


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _readable(each) for key, each in value.items() if key not in UNREAD}
        return kept | {"data": b64decode(kept["data"]).decode()} if _is_payload(kept) else kept
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _encoded(value: Any) -> Any:
    """As the SDK reads it."""
    if isinstance(value, dict):
        kept = {key: _encoded(each) for key, each in value.items()}
        return kept | {"data": b64encode(kept["data"].encode()).decode()} if _is_payload(kept) else kept
    return [_encoded(each) for each in value] if isinstance(value, list) else value


def _is_payload(value: dict[str, Any]) -> bool:
    return "encoding" in value.get("metadata", {}) and "data" in value
