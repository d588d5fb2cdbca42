"""What a far larger rehearsal would take, from one just measured: hours on so many cores, journal on disk, and what bounds it.

Processor time is measured, not the clock on the wall: a busy machine projects the same. Districts share nothing, so time and
journal grow with the units; memory does not, a process holds one district at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulation.campaign.district import Part

CORES = 2
_HOUR = 3600.0
_GIB = 1 << 30
_MICRO = 1e6


@dataclass(frozen=True)
class Projection:
    """So many units in proportion to the units measured; the shares are parts of a unit's processor time, together 1."""

    units: int
    measured: int  # units of the rehearsal it is made from
    seconds: float  # of one processor for one unit, everything included
    activations: float  # for one unit
    driving: float  # share: people made, the workflows and everybody who acts on them
    reading: float  # share: lines written, checked and digested
    joining: float  # share: the districts' lines made one chained journal
    bytes: float  # of journal for one unit

    @property
    def hours(self) -> float:
        """Hours on `CORES` processors kept busy."""
        return self.units * self.seconds / CORES / _HOUR

    @property
    def gib(self) -> float:
        """GiB of journal."""
        return self.units * self.bytes / _GIB

    @property
    def sentence(self) -> str:
        """Both figures and what bounds them, in Chinese."""
        shares = {
            "工作流激活和参与人办理": self.driving,
            "复核和统计": self.reading,
            "日志接链": self.joining,
        }
        first = max(shares, key=lambda name: shares[name])
        each = self.driving * self.seconds * _MICRO / self.activations if self.activations else 0.0
        return (
            f"推算：{self.units} 个单位在 {CORES} 个处理器上约需 {self.hours:.1f} 小时，日志约 {self.gib:.0f} GiB"
            f"（按本次 {self.measured} 个单位实测，每个单位 {self.seconds * 1000:.0f} 毫秒处理器时间）。"
            f"瓶颈是处理器：{first}占 {shares[first]:.0%}，每个单位 {self.activations:.0f} 次激活、每次 {each:.0f} 微秒；"
            f"各县互不相干，处理器加倍则时间减半；内存只随一个县的大小而定，与总数无关。"
        )

    def as_dict(self) -> dict[str, Any]:
        """For summary.json."""
        return {
            "units": self.units,
            "cores": CORES,
            "hours": round(self.hours, 2),
            "journal_gib": round(self.gib, 1),
            "measured_units": self.measured,
            "seconds_per_unit": round(self.seconds, 4),
            "shares": {
                "driving": round(self.driving, 3),
                "reading": round(self.reading, 3),
                "joining": round(self.joining, 3),
            },
            "sentence": self.sentence,
        }


def project(parts: Sequence[Part], joining: float, units: int) -> Projection:
    """From a rehearsal's districts and the seconds it took to join their lines. Raises ValueError without any unit."""
    measured = sum(part.units for part in parts)
    if measured < 1 or units < 1:
        raise ValueError(f"推算至少要有 1 个单位，实有 {measured} 个，推算 {units} 个")
    driving, whole = sum(part.seconds for part in parts), sum(part.whole_seconds for part in parts)
    total = whole + joining
    return Projection(
        units=units,
        measured=measured,
        seconds=total / measured,
        activations=sum(part.activations for part in parts) / measured,
        driving=driving / total if total else 0.0,
        reading=(whole - driving) / total if total else 0.0,
        joining=joining / total if total else 0.0,
        bytes=sum(part.bytes for part in parts) / measured,
    )
