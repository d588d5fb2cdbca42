"""The closing statistics as published: before and after by bench, street and unit, with shares, means and a summary in words.

Counts come from `activities/registry/statistics.py`; here they get their denominators' names. What nobody stated is counted
beside a share, never inside it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.registry.statistics import BenchCount, ChairsCount, Counts, Level, PostsCount, Side
from policies.clock import BEIJING
from policies.closing.benches import FEDERATION_YOUNG, YOUNG, Bench
from policies.closing.figures import Mean, Share, tenths
from policies.form.values import Mode
from policies.pack.load import load_pack
from policies.people import Body, Origin
from policies.value import Value

T = TypeVar("T")


class BenchFigures(Value):
    """A bench on one side. `with_woman`: units with at least one woman on it, of those with anybody on it."""

    persons: int
    age: Mean
    young: Share
    high: Share
    women: Share
    with_woman: Share


class BenchRow(Value):
    """A bench before and after; None on a side where nobody sat there, or no roster says."""

    bench: Bench
    label: str
    before: BenchFigures | None
    after: BenchFigures | None


class Compared(Value):
    """One share before and after; None on a side without anybody."""

    label: str
    before: Share | None
    after: Share | None


class Named(Value):
    """One share that exists only after: of a body, in a way of voting, from an origin."""

    key: str
    label: str
    share: Share


class AreaFigures(Value):
    """Everything of one area. `voters`: registered ones as the roster states them, in units other than `voters_not_stated`."""

    level: Level
    area: str
    name: str
    units: int
    completed: int
    held: int
    voters: int
    voters_not_stated: int
    benches: tuple[BenchRow, ...]
    one_person: Compared
    crossing: Compared
    at_once: tuple[Named, ...]
    turnout: tuple[Named, ...]
    origins: tuple[Named, ...]
    federation_chairs: tuple[Named, ...]  # the source's own figures; empty where no federation is elected

    def bench(self, bench: Bench) -> BenchRow:
        """The row of a bench."""
        return next(row for row in self.benches if row.bench is bench)


class ClosingStatistics(Value):
    """An election's closing statistics; ages are full years on `on`. `kind`: village, community or women, as the pack says."""

    election: str
    title: str
    district: str
    drill: bool
    kind: str
    pack: str
    pack_version: str
    on: date
    areas: tuple[AreaFigures, ...]  # the county, then streets, then units, each level in its recorded order

    def of(self, level: Level) -> tuple[AreaFigures, ...]:
        """The areas of one level."""
        return tuple(area for area in self.areas if area.level is level)

    @property
    def county(self) -> AreaFigures:
        """The whole election."""
        return self.of(Level.COUNTY)[0]

    @property
    def main(self) -> Bench:
        """The bench that the election is about: the two committees, or the women's federation."""
        return Bench.FEDERATION if self.kind == "women" else Bench.TWO_COMMITTEES


KINDS = {"community": "社区", "village": "村", "women": "村（社区）妇联组织"}


def closing_statistics(registry: Registry, election: str, now: datetime, on: date | None = None) -> ClosingStatistics:
    """The statistics of an election. `now`: a real instant; `on`: the day ages are taken on.

    Without one it is the day the last seat was filled, so that the same election gives the same figures whenever it is
    asked, or today (election time) while nothing is complete. Raises UnknownElectionError, PackError.
    """
    found = registry.elections.find(election)
    if found is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")
    seated = registry.statistics.last_seated(election)
    day = on or (registry.elections.instant(election, now) if seated is None else seated.astimezone(BEIJING)).date()
    kind = _kind(found.ground.pack_text, found.ground.pack_id)
    return ClosingStatistics(
        election=found.id,
        title=found.title,
        district=found.brief.name,
        drill=registry.drill,
        kind=kind,
        pack=found.ground.pack_id,
        pack_version=found.ground.pack_version,
        on=day,
        areas=tuple(
            area for level in Level for area in _areas(level, registry.statistics.counts(found.id, level, day), kind)
        ),
    )


@lru_cache(maxsize=8)
def _kind(text: str, name: str) -> str:
    return load_pack(text, name).kind


# ---------------------------------------------------------------- from counts to figures


def _areas(level: Level, counts: Counts, kind: str) -> Iterator[AreaFigures]:
    benches = {(one.area, one.bench, one.side): one for one in counts.benches}
    posts = {(one.area, one.side): one for one in counts.posts}
    at_once, turnouts = _by_area(counts.first_polls), _by_area(counts.turnouts)
    origins = _by_area(counts.origins)
    chairs = {one.area: one for one in counts.federation_chairs}
    for one in counts.areas:
        members = benches.get((one.area, Bench.TWO_COMMITTEES, Side.AFTER))
        yield AreaFigures(
            level=level,
            area=one.area,
            name=one.name,
            units=one.units,
            completed=one.completed,
            held=one.held,
            voters=one.voters,
            voters_not_stated=one.voters_not_stated,
            benches=tuple(
                BenchRow(
                    bench=bench,
                    label=bench.label,
                    before=_bench(benches.get((one.area, bench, Side.BEFORE))),
                    after=_bench(benches.get((one.area, bench, Side.AFTER))),
                )
                for bench in Bench
            ),
            one_person=_compared("书记、主任“一肩挑”", _one_person, posts, one.area),
            crossing=_compared("“两委”交叉任职", _crossing, posts, one.area),
            at_once=tuple(
                Named(
                    key=body.body,
                    label=_body(body.body, kind),
                    share=Share(part=body.at_once, whole=body.judged, of="已投票的单位", not_stated=body.not_judged),
                )
                for body in at_once.get(one.area, ())
            ),
            turnout=tuple(
                Named(
                    key=f"{poll.body}/{poll.mode}",
                    label=f"{_body(poll.body, kind)}（{Mode(poll.mode).label}）",
                    share=Share(
                        part=poll.present, whole=poll.roll, of=_roll(poll.mode, kind), not_stated=poll.not_stated
                    ),
                )
                for poll in turnouts.get(one.area, ())
            ),
            origins=tuple(
                Named(
                    key=each.origin or "not_stated",
                    label=Origin(each.origin).label if each.origin else "未注明",
                    share=Share(
                        part=each.persons, whole=0 if members is None else members.persons, of="新一届“两委”成员"
                    ),
                )
                for each in sorted(origins.get(one.area, ()), key=lambda each: _place(each.origin))
            ),
            federation_chairs=() if one.area not in chairs else _chairs(chairs[one.area]),
        )


ROLLS = {
    Mode.MEMBERS: "应到会党员",
    Mode.PLENARY: "应到会委员",
    Mode.REPRESENTATIVES: "代表",
    Mode.HOUSEHOLDS: "户代表",
    Mode.VOTERS: "登记选民",
    Mode.SHOW_OF_HANDS: "应到会代表",
}
"""What a result form's roll counts in each way of voting; `not_stated` of a turnout are polls, not persons."""


def _by_area(rows: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(row.area, []).append(row)  # type: ignore[attr-defined]  # every count has its area
    return found


def _bench(count: BenchCount | None) -> BenchFigures | None:
    if count is None:
        return None
    unborn = count.persons - count.aged
    return BenchFigures(
        persons=count.persons,
        age=Mean(total=count.years, count=count.aged, not_stated=unborn),
        young=Share(part=count.young, whole=count.aged, of="注明出生年月的成员", not_stated=unborn),
        high=Share(
            part=count.high, whole=count.schooled, of="注明学历的成员", not_stated=count.persons - count.schooled
        ),
        women=Share(part=count.women, whole=count.sexed, of="注明性别的成员", not_stated=count.persons - count.sexed),
        with_woman=Share(
            part=count.units_with_woman,
            whole=count.units - count.units_unclear,
            of="有成员的单位",
            not_stated=count.units_unclear,
        ),
    )


def _chairs(count: ChairsCount) -> tuple[Named, ...]:
    """What the source publishes of the federation's chairs (篇三一)."""
    figures = (
        ("party_members", "党员", count.party_members, count.stated, "政治面貌"),
        ("young", f"{FEDERATION_YOUNG}岁及以下", count.young, count.aged, "出生年月"),
        ("senior", "高中及以上文化", count.senior, count.schooled, "学历"),
        ("in_two_committees", "在“两委”任职", count.in_two_committees, count.placed, "任职"),
    )
    return tuple(
        Named(
            key=key,
            label=label,
            share=Share(part=part, whole=whole, of=f"注明{what}的主任（主席）", not_stated=count.persons - whole),
        )
        for key, label, part, whole, what in figures
    )


def _one_person(count: PostsCount) -> Share:
    return Share(part=count.one_person, whole=count.both_filled, of="书记、主任均已配备的单位")


def _crossing(count: PostsCount) -> Share:
    return Share(part=count.crossing, whole=count.persons, of="“两委”成员")


def _compared(
    label: str, share: Callable[[PostsCount], Share], posts: dict[tuple[str, Side], PostsCount], area: str
) -> Compared:
    before, after = posts.get((area, Side.BEFORE)), posts.get((area, Side.AFTER))
    return Compared(
        label=label,
        before=None if before is None else share(before),
        after=None if after is None else share(after),
    )


def _roll(mode: str, kind: str) -> str:
    """Whom a turnout is taken of; in the federation's direct vote its own electorate (W5)."""
    return "年满十八周岁的妇女" if (mode, kind) == (Mode.VOTERS, "women") else ROLLS[Mode(mode)]


def _body(body: str, kind: str) -> str:
    """A body's name; the committee that `residents` stands for is the villagers' in a village."""
    known = Body.VILLAGE.value if (body, kind) == (Body.RESIDENTS.value, "village") else body
    return Body(known).label if known in tuple(Body) else body


def _place(origin: str) -> int:
    return list(Origin).index(Origin(origin)) if origin else len(Origin)


# ---------------------------------------------------------------- in words, as the sources publish them


def sentences(statistics: ClosingStatistics) -> Iterator[str]:
    """The county's figures in the sentences of a closing report (总结). A difference is that of the figures as printed."""
    area = statistics.county
    held = f"，暂缓{area.held}个" if area.held else ""
    yield (
        f"{area.name}应换届{KINDS.get(statistics.kind, '单位')}{area.units}个，完成{area.completed}个{held}。"
        f"以下各项只统计已完成的单位，年龄按{statistics.on}的周岁计算。"
    )
    for bench in (Bench.TWO_COMMITTEES, Bench.LEADERS, Bench.SUPERVISORY, Bench.FEDERATION):
        row = area.bench(bench)
        if row.after is not None:
            yield _bench_sentence(row.label, row.before, row.after)
    women = area.bench(Bench.TWO_COMMITTEES).after
    if women is not None:
        yield f"“两委”至少有1名女性成员的单位占{women.with_woman.text}。"
    for compared in (area.one_person, area.crossing):
        if compared.after is not None and compared.after.whole:
            change = "" if compared.before is None else _points(compared.before, compared.after)
            yield f"{compared.label}占{compared.after.text}{change}。"
    if area.federation_chairs:
        chairs, members = (area.bench(one).after for one in (Bench.FEDERATION_CHAIR, Bench.FEDERATION_MEMBER))
        yield (
            f"共选出妇代会主任（妇联主席）{0 if chairs is None else chairs.persons}名、委员"
            f"{0 if members is None else members.persons}名；主任（主席）中"
            f"{'，'.join(f'{row.label}占{row.share.text}' for row in area.federation_chairs)}。"
        )
    for name, rows in (("一次选举成功率", area.at_once), ("参选率", area.turnout)):
        if rows:
            yield f"{name}：{'；'.join(f'{row.label}{row.share.text}' for row in rows)}。"
    if area.origins:
        yield f"新一届“两委”成员来源：{'、'.join(f'{row.label}{row.share.part}名' for row in area.origins)}（一人可有几项来源）。"


def _bench_sentence(label: str, before: BenchFigures | None, after: BenchFigures) -> str:
    age = f"，平均年龄{after.age.text}" if after.age.count else ""
    if before is not None and before.age.tenths is not None and after.age.tenths is not None:
        age += f"，较上届{_moved(after.age.tenths - before.age.tenths, '上升', '下降', '岁')}"
    parts = [
        f"{what}{now.part}名，占{now.text}{'' if then is None else _points(then, now)}"
        for what, now, then in (
            (f"{YOUNG}岁及以下", after.young, None if before is None else before.young),
            ("大专及以上学历", after.high, None if before is None else before.high),
            ("女性", after.women, None if before is None else before.women),
        )
    ]
    return f"{label}{after.persons}名{age}；{'；'.join(parts)}。"


def _points(before: Share, after: Share) -> str:
    if before.permille is None or after.permille is None:
        return ""
    return f"，较上届{_moved(after.permille - before.permille, '提高', '降低', '个百分点')}"


def _moved(change: int, up: str, down: str, unit: str) -> str:
    if not change:
        return "持平"
    return f"{up if change > 0 else down}{tenths(abs(change))}{unit}"
