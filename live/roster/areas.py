"""The streets and units of a workbook, by which the references in its other sheets are understood."""

from collections import defaultdict

from live.roster.rows import Rows
from live.roster.values import WHOLE_AREA


class Areas:
    """What codes and references may mean. `streets_known`, `units_known`: False when the columns that say so are missing."""

    def __init__(self, streets: Rows, units: Rows) -> None:
        self.streets = frozenset(code for row in streets.rows if (code := row.text("code")))
        self.streets_known = "code" in streets.has
        self.units_known = {"code", "street"} <= units.has
        self._by_code: dict[str, list[str]] = defaultdict(list)
        for row in units.rows:
            code, street = row.text("code"), row.text("street")
            if code and street and f"{street}-{code}" not in self._by_code[code]:
                self._by_code[code].append(f"{street}-{code}")

    def units(self, written: str) -> tuple[str, ...]:
        """The units that a code (U003) or a reference (S01-U003) may mean, as references, in the workbook's order."""
        _, hyphen, code = written.rpartition("-")
        return tuple(one for one in self._by_code.get(code, ()) if not hyphen or one == written)

    def meant(self, scope: str) -> tuple[str, ...]:
        """The areas that a scope may mean: the whole county, a street, or units."""
        return (scope,) if scope == WHOLE_AREA or scope in self.streets else self.units(scope)

    def like(self, written: str) -> str:
        """What may have been meant, differing in letter case only; empty when nothing is near."""
        references = {one for ones in self._by_code.values() for one in ones}
        for known in sorted({*self.streets, *self._by_code, *references}):
            if known.casefold() == written.casefold():
                return known
        return ""
