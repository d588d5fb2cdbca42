"""The base of every value that crosses a room's border: frozen, closed to unknown keys, checked by pydantic."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable, validated value; an unknown key is an error, never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")
