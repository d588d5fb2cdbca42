"""From `--fault CODE=COUNT` to what is to be planted, with every problem named at once; and its share for each district."""

from collections.abc import Iterable, Mapping, Sequence

from policies.pack.schema import Pack
from simulation.faults.catalogue import FAULTS, applicability, in_order, together

_MOST = 100_000


def parse_faults(asked: Iterable[str], pack: Pack) -> tuple[dict[str, int], list[str], dict[str, str]]:
    """What is asked for, every problem in Chinese, and the codes asked for that this pack cannot have, with the reason.

    Codes come back in the order of the reference; those not applicable are left out of the first part. `F2=0` is fine;
    `F3+F5=4` plants both in the same unit, in four of them.
    """
    requested: dict[str, int] = {}
    problems: list[str] = []
    seen: set[str] = set()
    for text in asked:
        code, equals, figure = text.partition("=")
        code, figure = code.strip().upper(), figure.strip()
        known = bool(together(code)) and all(one in FAULTS for one in together(code))
        if not equals:
            problems.append(f"“{text}”的写法不对，应写作 代码=个数，例如 F5=3")
        if equals and not known:
            problems.append(f"不认识的差错代码“{code}”，可用：{'、'.join(FAULTS)}")
        if known and code in seen:
            problems.append(f"差错代码 {code} 重复指定")
        if equals:
            count = _count(code, figure, problems)
            if known and code not in seen and count is not None:
                requested[code] = count
        seen.add(code)
    reasons = applicability(pack)
    asked_for = [code for code in sorted(requested, key=in_order) if requested[code]]
    refused = {one: reason for code in asked_for for one in together(code) if (reason := reasons[one]) is not None}
    wanted = {code: requested[code] for code in asked_for if refused.keys().isdisjoint(together(code))}
    return wanted, problems, refused


def _count(code: str, figure: str, problems: list[str]) -> int | None:
    digits = figure.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        problems.append(f"{code} 的个数“{figure}”不是整数")
        return None
    count = int(figure) if len(digits) < 10 else _MOST + 1
    if figure.startswith("-"):
        problems.append(f"{code} 的个数不能为负（{figure}）")
        return None
    if count > _MOST:
        problems.append(f"{code} 的个数 {figure} 过大，至多 {_MOST}")
        return None
    return count


def divide(requested: Mapping[str, int], units: Sequence[int]) -> list[dict[str, int]]:
    """Share the requested faults out over districts in proportion to their units; the same for any number of workers."""
    total = sum(units)
    shares: list[dict[str, int]] = [{} for _ in units]
    for code, count in requested.items():
        done = 0
        passed = 0
        for share, size in zip(shares, units, strict=True):
            passed += size
            until = count * passed // total if total else 0
            if until > done:
                share[code] = until - done
            done = until
    return shares
