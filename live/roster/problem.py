"""One thing that is wrong in a workbook: where it stands, what stands there, why it will not do and what to do about it."""

from policies.finding import Severity
from policies.value import Value


class Problem(Value):
    """`cell` is like C7, empty where a whole sheet is meant; `sheet` is empty where the whole file is.

    A problem of severity *warning* does not keep the roster from being used.
    """

    sheet: str
    cell: str
    value: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR

    @property
    def blocks(self) -> bool:
        """True when the workbook cannot be used because of it."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.sheet} {self.cell}".strip()
        what = f"“{self.value}”" if self.value else ""
        return f"{where or '文件'}{what}：{self.message}；{self.remedy}"
