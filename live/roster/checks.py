"""What one row says against another: codes given once, references that lead somewhere, numbers that can be, seats the rules allow."""

from collections.abc import Generator, Hashable, Iterable, Iterator, Sequence
from datetime import date

from live.roster import seats
from live.roster.areas import Areas
from live.roster.cells import Read
from live.roster.columns import COUNTY_WORDS, LEVELS, STREETS, UNITS, Level, post_in, posts_of
from live.roster.problem import Problem
from live.roster.rows import Row, Rows
from live.roster.values import WHOLE_AREA
from policies.finding import Severity
from policies.pack.schema import Pack, Role
from policies.people import Body, PartyStanding, Post, age_on
from policies.rules.women import others_may_begin

ADULT = 18
_SINGLE = (Post.SECRETARY, Post.CHAIR, Post.SUPERVISORY_CHAIR, Post.FEDERATION_CHAIR)
"""Posts of which a unit has one."""


def check(streets: Rows, units: Rows, staff: Rows, incumbents: Rows, pack: Pack) -> Iterator[Problem]:
    """Everything wrong between the rows of the four sheets. Cells that could not be read are left out of account."""
    areas = Areas(streets, units)
    yield from _streets(streets, units)
    yield from _units(units, areas, pack)
    yield from _staff(staff, areas, pack)
    yield from _incumbents(incumbents, areas, pack)


# ---------------------------------------------------------------- streets and units


def _streets(streets: Rows, units: Rows) -> Iterator[Problem]:
    yield from _some(streets, STREETS.title)
    yield from _once(streets.rows, ("code",), "街道代码", "每个街道一行，代码各不相同")
    yield from _once(streets.rows, ("name",), "街道名称", "核对是否把同一个街道填了两行")
    used = {row.text("street") for row in units.rows}
    if "street" in units.has:
        for row in streets.rows:
            if row.text("code") and row.text("code") not in used:
                yield row.problem(
                    "code", "这个街道没有一个村、社区", f"在“{UNITS.title}”表补上它的村、社区，或删去这一行"
                )


def _units(units: Rows, areas: Areas, pack: Pack) -> Iterator[Problem]:
    yield from _some(units, UNITS.title)
    yield from _once(
        units.rows, ("street", "code"), "同一街道内的社区代码", "每个村、社区一行，代码各不相同", at="code"
    )
    yield from _once(units.rows, ("street", "name"), "同一街道内的社区名称", "核对是否把同一个社区填了两行", at="name")
    for row in units.rows:
        code, street = row.text("code"), row.text("street")
        if code in areas.streets:
            yield row.problem("code", "与某个街道的代码相同，填写范围时会分不清", "换一个社区代码，如 U003")
        if street is not None and areas.streets_known and street not in areas.streets:
            yield row.problem(
                "street", f"“{STREETS.title}”表中没有这个代码", _lead(areas.like(street), "补上这个街道或更正代码")
            )
        yield from _possible(row)
        yield from _seats(row, pack)
        yield from _posts(row, pack)
    yield from _pilots(units, pack)


def _pilots(units: Rows, pack: Pack) -> Iterator[Problem]:
    """W3: a plan that begins with pilots has some; units are pilots only under such a plan."""
    if "pilot" not in units.has:
        return
    pilots = [row for row in units.rows if row.value("pilot") is True]
    if pack.pilot is None:
        for row in pilots:
            yield row.problem("pilot", "方案没有先行试点，不能有试点单位（W3）", "填“否”，或在方案中写明试点（pilot）")
    elif units.rows and all(row.value("pilot") is False for row in units.rows):
        (finding,) = others_may_begin(0, 0)
        yield units.rows[0].problem("pilot", finding.message.rstrip("。"), "至少一个单位填“是”")


def _posts(row: Row, pack: Pack) -> Iterator[Problem]:
    """A village's figures stand only in a village's row, and its posts fit into its committee (V1)."""
    figures = {name: row.number_of(name) for name in ("groups", "deputies", "women_seats")}
    if pack.kind != "village":
        for name, figure in figures.items():
            if figure is not None:
                yield row.problem(name, "方案是社区的，这一栏只有村填写", "留空")
        return
    seats = row.number_of("residents_seats")
    deputies, women = (1 if figures[name] is None else figures[name] for name in ("deputies", "women_seats"))
    if seats is not None and deputies is not None and women is not None and 1 + deputies + women > seats:
        yield row.problem(
            "deputies",
            f"主任 1 名、副主任 {deputies} 名、妇女委员 {women} 名，合计多于村委会职数 {seats} 名",
            "更正各职务的职数",
        )


def _possible(row: Row) -> Iterator[Problem]:
    members, due = row.number_of("party_members"), row.number_of("party_due")
    if members is not None and due is not None and due > members:
        yield row.problem(
            "party_due",
            f"应到会党员 {due} 名，多于正式党员 {members} 名",
            f"应到会的只能是正式党员，不多于 {members} 名",
        )
    households, residents = row.number_of("households"), row.number_of("residents")
    if households is not None and residents is not None and residents < households:
        yield row.problem(
            "residents", f"居民 {residents} 人，少于户数 {households} 户", "一户至少一人，核对两栏是否填反"
        )
    voters = row.number_of("voters")
    if voters is not None and residents is not None and voters > residents:
        yield row.problem(
            "voters",
            f"登记选民 {voters} 人，多于居民 {residents} 人",
            "核对两栏；确有户口不在本地而登记的，可以不改",
            Severity.WARNING,
        )
    women = row.number_of("adult_women")
    if women is not None and residents is not None and women > residents:
        yield row.problem("adult_women", f"成年妇女 {women} 人，多于居民 {residents} 人", "核对两栏是否填反")


def _seats(row: Row, pack: Pack) -> Iterator[Problem]:
    found = seats.findings(
        pack,
        party_members=row.number_of("party_members"),
        party_seats=row.number_of("party_seats"),
        residents_seats=row.number_of("residents_seats"),
        supervisory_seats=row.number_of("supervisory_seats"),
        federation_seats=row.number_of("federation_seats"),
    )
    for finding in found:
        named = "" if f"（{finding.rule}）" in finding.message else f"（{finding.rule}）"
        yield row.problem(
            seats.COLUMNS[finding.rule][0],
            finding.message.rstrip("。") + named,
            f"更正职数，或按规定重新提出方案；依据：{finding.source}",
            finding.severity,
        )


# ---------------------------------------------------------------- staff


def _staff(staff: Rows, areas: Areas, pack: Pack) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], Row] = {}
    named: dict[str, tuple[str, Row]] = {}
    cased: dict[str, str] = {}
    for row in staff.rows:
        person, name, role, scope = row.text("person"), row.text("name"), row.text("role"), row.text("scope")
        if person and cased.setdefault(person.casefold(), person) != person:
            yield row.problem(
                "person",
                f"与人员代码 {cased[person.casefold()]} 只有大小写不同",
                "同一人用同一写法，不同的人用不同的代码",
            )
        if person and name:
            first, earlier = named.setdefault(person, (name, row))
            if first != name:
                yield row.problem(
                    "name",
                    f"人员代码 {person} 在第 {earlier.number} 行是“{first}”",
                    "一人一码：更正姓名，或换一个人员代码",
                )
        if scope is None:
            continue
        meant = areas.meant(scope)
        if len(meant) == 1:
            if role is not None:
                yield from _level(row, Role(role), meant[0], pack)
            if person and role:
                earlier_row = seen.setdefault((person, role, meant[0]), row)
                if earlier_row is not row:
                    yield row.problem(
                        "person", f"与第 {earlier_row.number} 行重复：同一人、同一职责、同一范围", "删去其中一行"
                    )
        elif areas.streets_known and areas.units_known:
            yield row.problem("scope", *_lost(scope, meant, areas, "街道或社区"))


def _level(row: Row, role: Role, area: str, pack: Pack) -> Iterator[Problem]:
    level = Level.COUNTY if area == WHOLE_AREA else Level.UNIT if "-" in area else Level.STREET
    wanted = LEVELS[role]
    if level is wanted:
        return
    remedy = {
        Level.COUNTY: f"填“{COUNTY_WORDS[0]}”",
        Level.STREET: "填街道代码",
        Level.UNIT: "填社区代码",
    }[wanted]
    yield row.problem(
        "scope",
        f"“{pack.roles.get(role, role.value)}”是{wanted.value}一级的职责，范围却是{level.value}",
        f"{remedy}；职责填错的，更正职责",
    )


# ---------------------------------------------------------------- incumbents


def _incumbents(incumbents: Rows, areas: Areas, pack: Pack) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], Row] = {}
    single: dict[tuple[str, str], Row] = {}
    for row in incumbents.rows:
        written, name = row.text("unit"), row.text("name")
        units = [] if written is None else areas.units(written)
        unit = units[0] if len(units) == 1 else None
        if written is not None and unit is None and areas.units_known:
            yield row.problem("unit", *_lost(written, units, areas, "社区"))
        post = yield from _post(row)
        if unit and post and name:
            earlier = seen.setdefault((unit, post, name), row)
            if earlier is not row:
                yield row.problem("name", f"与第 {earlier.number} 行重复：同一人、同一职务", "删去其中一行")
            elif post in _SINGLE and single.setdefault((unit, post), row) is not row:
                first = single[unit, post]
                yield row.problem(
                    "post", f"第 {first.number} 行已有这个社区的{post.label}，只能有一人", "核对职务，已离任的删去"
                )
        yield from _person(row, post, pack.starts)


def _post(row: Row) -> Generator[Problem, None, Post | None]:
    body, post = row.text("body"), row.text("post")
    if body is None or post is None:
        return None
    meant = post_in(Body(body), Post(post))
    if meant is None:
        offered = "、".join(each.label for each in posts_of(Body(body)))
        yield row.problem(
            "post",
            f"{Body(body).label}没有“{Post(post).label}”这个职务",
            f"从这些职务中选：{offered}；组织填错的，更正组织",
        )
    return meant


def _person(row: Row, post: Post | None, starts: date) -> Iterator[Problem]:
    born, standing = row.value("born"), row.text("standing")
    if isinstance(born, date) and age_on(born, starts) < ADULT:
        yield row.problem("born", f"到换届开始的 {starts} 还不满 {ADULT} 周岁", "核对出生年月")
    if post is not None and post.in_party and standing is not None and standing != PartyStanding.FULL:
        yield row.problem(
            "standing",
            f"党组织的{post.label}应是正式党员，不能是{PartyStanding(standing).label}（P3）",
            "核对政治面貌和职务",
        )


# ---------------------------------------------------------------- shared


def _some(rows: Rows, title: str) -> Iterator[Problem]:
    if rows.has and not rows.rows:
        yield Problem(
            sheet=rows.sheet, cell="A1", value="", message=f"“{title}”表没有一行内容", remedy="从表头的下一行起填写"
        )


def _once(rows: Iterable[Row], fields: tuple[str, ...], what: str, remedy: str, *, at: str = "") -> Iterator[Problem]:
    """A problem for every row that repeats an earlier one in these fields; codes that differ in case only are repeated too."""
    first: dict[Hashable, Row] = {}
    for row in rows:
        values = [row.value(name) for name in fields]
        if None in values:
            continue
        earlier = first.setdefault(tuple(map(_folded, values)), row)
        if earlier is not row:
            yield row.problem(at or fields[0], f"{what}重复，第 {earlier.number} 行已有", remedy)


def _folded(value: Read | None) -> Hashable:
    return value.casefold() if isinstance(value, str) else value


def _lost(written: str, meant: Sequence[str], areas: Areas, what: str) -> tuple[str, str]:
    """Message and remedy for a reference that means nothing, or more than one unit."""
    if meant:
        return f"有 {len(meant)} 个社区用这个代码，分不清是哪一个", f"写成“街道代码-社区代码”：{'、'.join(meant)}"
    return f"没有代码是“{written}”的{what}", _lead(areas.like(written), f"更正代码，或先在“{UNITS.title}”表补上")


def _lead(near: str, otherwise: str) -> str:
    return f"是不是“{near}”？代码分大小写；否则{otherwise}" if near else otherwise
