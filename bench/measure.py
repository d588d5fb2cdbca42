"""One measure, as the line that programs read."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A value with its unit, what it is held against, and the ratio between the two where there is one."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float | None

    def line(self) -> str:
        """The JSON line."""
        ratio = None if self.ratio is None else round(self.ratio, 3)
        answer = {"name": self.name, "value": round(self.value, 2), "unit": self.unit, "against": self.against}
        return json.dumps(answer | {"ratio": ratio}, ensure_ascii=False)
