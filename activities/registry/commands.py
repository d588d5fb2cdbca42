"""The ledger of commands at the door: a command repeated under its key gets its first answer, never a second effect.

Beginning and finishing are two transactions with the election's own work between them. Who dies in between begins again
with the same key; what stands behind (an update with an id made from the key) must then recognise it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from activities.registry.database import Database
from activities.registry.errors import RefusedRecordError
from activities.registry.model import CommandRow, table

LONGEST_KEY = 200  # characters

_COMMANDS = table(CommandRow)
_FINISH = (
    update(_COMMANDS)
    .where(_COMMANDS.c.key == bindparam("_key"), _COMMANDS.c.answer_json.is_(None))
    .values(answer_json=bindparam("_answer"), finished_at=bindparam("_at"))
    .returning(_COMMANDS.c.answer_json)
)
_ANSWER = select(_COMMANDS.c.answer_json).where(_COMMANDS.c.key == bindparam("_key"))


@dataclass(frozen=True, slots=True)
class New:
    """To be carried out now. `resumed`: it was begun before and never finished, or is under way elsewhere at this moment."""

    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Replay:
    """Carried out before; this was the answer."""

    answer_json: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The key was used for something else: in what it differs, in Chinese. Says nothing of the other command's content."""

    differences: tuple[str, ...]

    @property
    def message(self) -> str:
        """For the sender."""
        return f"同一个请求编号已用于另一项办理（{'、'.join(self.differences)}不同）：请换一个新的编号"


class Commands:
    """The ledger of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database
        adding = sqlite.insert(CommandRow) if database.sqlite else postgresql.insert(CommandRow)
        self._add = adding.on_conflict_do_nothing(index_elements=[CommandRow.key]).returning(CommandRow.key)

    def begin(
        self, key: str, person: str, workflow: str, name: str, content_sha256: str, at: datetime
    ) -> New | Replay | Conflict:
        """Take a command: what is to be done about it. Raises RefusedRecordError for a key that cannot be one."""
        if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
            raise RefusedRecordError("请求编号不能用", (f"应为 1 到 {LONGEST_KEY} 个可见字符，现为 {len(key)} 个",))
        told = {"person": person, "workflow": workflow, "name": name, "content_sha256": content_sha256}
        row = {"key": key, **told, "begun_at": at, "answer_json": None, "finished_at": None}
        with self._database.writing() as connection:
            if connection.execute(self._add, row).first() is not None:
                return New()
            known = connection.execute(select(table(CommandRow)).where(CommandRow.key == key)).one()
        labels = {"person": "办理人", "workflow": "流程", "name": "事项", "content_sha256": "内容"}
        differing = tuple(labels[one] for one, value in told.items() if getattr(known, one) != value)
        if differing:
            return Conflict(differing)
        return New(resumed=True) if known.answer_json is None else Replay(known.answer_json)

    def finish(self, key: str, answer_json: str, at: datetime) -> str:
        """Keep the answer; returns the one that stands: the first, should two have come. Raises KeyError for an unknown key."""
        with self._database.writing() as connection:
            stands: str | None = connection.execute(_FINISH, {"_key": key, "_answer": answer_json, "_at": at}).scalar()
            if stands is None:
                stands = connection.execute(_ANSWER, {"_key": key}).scalar()
        if stands is None:
            raise KeyError(key)
        return stands
