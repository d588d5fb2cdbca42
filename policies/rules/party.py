"""P1–P4, P6, P8, P14, P15: term, meeting, who votes, seats, publicity before the Party elects, and what follows the count."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from policies.calendar import Calendar, CalendarUnknown, DayUnit
from policies.finding import Finding
from policies.pack.schema import Seats
from policies.people import Person, birthday
from policies.preparation import RollMember
from policies.rule import Confidence, Rule, declare
from policies.rules.polls import MAJORITY, P8, P14, P15

TERM_YEARS = 5
DELEGATES_FROM = 500  # members
COMMITTEE_FROM = 7  # full members
COMMITTEE_LAW = (3, 7)
PUBLICITY_DAYS = 5  # working days

P1 = declare(
    Rule(
        id="P1",
        title="党组织任期",
        text="党组织每届任期五年；提前或者延期换届须报上级党组织批准，时间不超过一年。",
        on_failure="报上级党组织批准后再换届",
        source="《中国共产党基层组织选举工作条例》；《中国共产党支部工作条例（试行）》",
        confidence=Confidence.EXCERPT,
        enforced=(
            "lint",
            "party.meeting",
        ),
    )
)
P2 = declare(
    Rule(
        id="P2",
        title="选举的会议形式",
        text="选举由党员大会进行；党员五百名以上或者驻地分散的，经上级党组织批准，可以召开党员代表大会。",
        on_failure="召开党员大会，或报上级党组织批准召开党员代表大会",
        source="《中国共产党基层组织选举工作条例》",
        confidence=Confidence.VERIFIED,
        enforced=("party.meeting",),
    )
)
P3 = declare(
    Rule(
        id="P3",
        title="有选举权的党员",
        text="正式党员有表决权、选举权和被选举权；预备党员、受留党察看处分的党员没有；被羁押的暂停。",
        on_failure="从有选举权党员名册中除名",
        source="《中国共产党基层组织选举工作条例》；《中国共产党章程》",
        confidence=Confidence.VERIFIED,
        enforced=("party.roll",),
    )
)
P4 = declare(
    Rule(
        id="P4",
        title="党组织职数",
        text="方案：社区党组织设委员5名，可设兼职委员3至6名，不占职数。正式党员7人以上设委员会，3至5人，最多7人；不足7人只设书记。",
        on_failure="按规定职数重新提出方案",
        source="街道方案 二（五）；《中国共产党支部工作条例（试行）》",
        confidence=Confidence.EXCERPT,
        enforced=(
            "lint",
            "prep.plan",
        ),
    )
)
P6 = declare(
    Rule(
        id="P6",
        title="候选人预备人选公示",
        text="候选人预备人选逐人签订承诺书并公示，公示不少于5个工作日，报街道党工委审批；公示期满并获批复后方可召开党员大会。",
        on_failure="公示满期并获批复之前不得召开党员大会",
        source="街道方案 三（二）1（2）三：“并进行公示,公示不少于5个工作日”",
        confidence=Confidence.PLAN,
        enforced=("lint", "party.publicity", "party.slate_approval", "party.assembly", "checker"),
    )
)


def term(elected_on: date, poll_day: date, *, approved: bool) -> list[Finding]:
    """P1: an election outside the year in which the term of five years ends needs approval; more than a year off is refused.

    The year, not the day, decides whether a term ends on time (plans fix the months of an election for a whole district).
    """
    due = birthday(elected_on, TERM_YEARS)
    if poll_day.year == due.year:
        return []
    word = "提前" if poll_day < due else "延期"
    if poll_day > birthday(due, 1) or poll_day < birthday(due, -1):
        return [
            P1.finding(
                f"本届任期于 {due} 届满，拟于 {poll_day} 换届，{word}超过一年，不得{word}；请在 {due} 前后一年内换届（P1）。",
                value=poll_day.isoformat(),
                limit=f"{birthday(due, -1)} 至 {birthday(due, 1)}",
            )
        ]
    if approved:
        return []
    return [
        P1.finding(
            f"本届任期于 {due} 届满，拟于 {poll_day} {word}换届，未见上级党组织批准；请先报批（P1）。",
            value=poll_day.isoformat(),
            limit=due.isoformat(),
        )
    ]


def form_of_meeting(
    members: int, *, by_delegates: bool, dispersed: bool = False, approved: bool = False
) -> list[Finding]:
    """P2: delegates instead of all members only with 500 members or more, or dispersed members, and superior approval."""
    if not by_delegates:
        return []
    if members < DELEGATES_FROM and not dispersed:
        return [
            P2.finding(
                f"党员 {members} 名，不足 {DELEGATES_FROM} 名且驻地不分散，不得以党员代表大会代替党员大会；请召开党员大会（P2）。",
                value=members,
                limit=DELEGATES_FROM,
            )
        ]
    if not approved:
        return [
            P2.finding(
                f"党员 {members} 名，召开党员代表大会须经上级党组织批准，未见批准；请先报批（P2）。",
                value="未批准",
                limit="上级党组织批准",
            )
        ]
    return []


def roll(members: Iterable[Person | RollMember], in_custody: Collection[str] = ()) -> list[Finding]:
    """P3: one finding for each person on the roll of voting members who has no vote (ids of those in custody given)."""
    found = []
    for member in members:
        why = f"系{member.standing.label}" if not member.standing.votes else "被羁押，党员权利暂停"
        if not member.standing.votes or member.id in in_custody:
            found.append(
                P3.finding(
                    f"{member.name}（{member.id}）{why}，没有选举权；请从有选举权党员名册中除名（P3）。",
                    value=member.id,
                    limit="正式党员",
                )
            )
    return found


def roll_complete(members: Sequence[str], registered: int) -> list[Finding]:
    """P3: the roll has every full member registered for the unit, each once."""
    findings = []
    twice = sorted({one for one in members if members.count(one) > 1})
    if twice:
        findings.append(
            P3.finding(f"名册中 {'、'.join(twice)} 重复；请更正（P3）。", value="、".join(twice), limit="每人一行")
        )
    if len(members) != registered:
        findings.append(
            P3.finding(
                f"名册 {len(members)} 名，登记的正式党员 {registered} 名；请核对（P3）。",
                value=len(members),
                limit=registered,
            )
        )
    return findings


def seats_allowed(
    seats: int, part_time: int = 0, *, full_members: int | None = None, plan: Seats | None = None
) -> list[Finding]:
    """P4: seats and part-time members within the plan and the rule for the number of full members (None: not stated)."""
    found = []
    if full_members is not None and full_members < COMMITTEE_FROM and seats > 1:
        found.append(
            P4.finding(
                f"正式党员 {full_members} 名，不足 {COMMITTEE_FROM} 名，只设书记，不设委员会，不得设委员 {seats} 名；请重新提出职数（P4）。",
                value=seats,
                limit=1,
            )
        )
    elif not (full_members is not None and full_members < COMMITTEE_FROM):
        low, high = COMMITTEE_LAW
        if not low <= seats <= high:
            message = f"委员职数 {seats} 名，应为 {low} 至 {high} 名；请重新提出职数（P4）。"
            found.append(P4.finding(message, value=seats, limit=f"{low}–{high}"))
        found += _plan_seats(seats, part_time, plan)
    return found


def _plan_seats(seats: int, part_time: int, plan: Seats | None) -> list[Finding]:
    if plan is None:
        return []
    found = []
    if isinstance(plan.min, int) and isinstance(plan.max, int) and not plan.min <= seats <= plan.max:
        single = plan.min == plan.max
        found.append(
            P4.finding(
                f"委员职数 {seats} 名，方案规定 {plan.min if single else f'{plan.min} 至 {plan.max}'} 名；请按方案重提（P4）。",
                value=seats,
                limit=plan.min if single else f"{plan.min}–{plan.max}",
            )
        )
    if part_time and not plan.part_time_min <= part_time <= plan.part_time_max:
        found.append(
            P4.finding(
                f"兼职委员 {part_time} 名，方案规定 {plan.part_time_min} 至 {plan.part_time_max} 名（不占职数）；请按方案重提（P4）。",
                value=part_time,
                limit=f"{plan.part_time_min}–{plan.part_time_max}",
            )
        )
    return found


def publicity_long_enough(
    posted: date,
    until: date,
    calendar: Calendar,
    *,
    days: int = PUBLICITY_DAYS,
    unit: DayUnit = DayUnit.WORKING,
    step: str | None = None,
) -> list[Finding]:
    """P6: a posting put up on `posted` stays up to `until` (its last day, included) for at least `days` whole days.

    A year without an announced calendar gives its C1 finding instead.
    """
    try:
        end = calendar.end_of_publicity(posted, days, unit)
    except CalendarUnknown as unknown:
        return [unknown.finding]
    if until >= end:
        return []
    return [
        P6.finding(
            f"{posted} 张榜的公示到 {until} 为止，不满 {days} {unit.label}；张榜当日不计，应公示到 {end}，次日起方可进入下一步（P6）。",
            value=until.isoformat(),
            limit=end.isoformat(),
            remedy=f"公示延长到 {end}",
            step=step,
        )
    ]


def ready_for_meeting(
    meeting: date, *, publicity_ended: date | None, approved_on: date | None, step: str | None = None
) -> list[Finding]:
    """P6: publicity is over and the street has approved, in this order, before the meeting; None means not done."""
    found = []
    if publicity_ended is None or meeting <= publicity_ended:
        if publicity_ended is None:
            limit = "公示期满之后"
            message = f"党员大会定在 {meeting}，公示尚未期满；请待公示期满后再开会（P6）。"
        else:
            limit = (publicity_ended + timedelta(days=1)).isoformat()
            message = f"党员大会定在 {meeting}，公示到 {publicity_ended} 才期满；请推迟到 {limit} 或以后（P6）。"
        found.append(P6.finding(message, value=meeting.isoformat(), limit=limit, step=step))
    if approved_on is None or approved_on > meeting:
        found.append(
            P6.finding(
                f"党员大会定在 {meeting}，街道党工委{'尚未批复' if approved_on is None else f'{approved_on} 才批复'}候选人"
                "预备人选名单；请待批复后再开会（P6）。",
                value=meeting.isoformat(),
                limit="批复之后" if approved_on is None else approved_on.isoformat(),
                step=step,
            )
        )
    elif publicity_ended is not None and approved_on <= publicity_ended:
        found.append(
            P6.finding(
                f"街道党工委 {approved_on} 批复时公示尚未期满（{publicity_ended} 期满）；请期满后重新报批（P6）。",
                value=approved_on.isoformat(),
                limit=(publicity_ended + timedelta(days=1)).isoformat(),
                step=step,
            )
        )
    return found


def commitments_signed(nominees: Iterable[str], signed: Collection[str], *, step: str | None = None) -> list[Finding]:
    """P6: every nominee on the list has signed the commitment (ids)."""
    missing = [nominee for nominee in nominees if nominee not in signed]
    if not missing:
        return []
    return [
        P6.finding(
            f"{'、'.join(missing)} 未签订承诺书；请逐人签订后再公示（P6）。",
            value="、".join(missing),
            limit="逐人签订承诺书",
            step=step,
        )
    ]


def due_to_attend(
    full_members: int, excused: int, *, superior_consents: bool, meeting_agreed: bool, step: str | None = None
) -> list[Finding]:
    """P8: members left out of 「due to attend」 need the superior's consent and a vote of the meeting, both.

    `excused` members belong to the five classes; without both the quorum is taken of all `full_members`.
    """
    if not excused or (superior_consents and meeting_agreed):
        return []
    missing = [
        what
        for what, given in (("上级党组织同意", superior_consents), ("党员大会表决通过", meeting_agreed))
        if not given
    ]
    return [
        P8.finding(
            f"有 {excused} 名党员未计入应到会人数，缺少{'和'.join(missing)}；应到会人数应按 {full_members} 名计算（P8）。",
            value=full_members - excused,
            limit=full_members,
            step=step,
        )
    ]


def fewer_seats(
    elected: int, seats: int, *, present: int, agreed: int, recorded: bool, step: str | None = None
) -> list[Finding]:
    """P14: seats are left unfilled instead of a further vote only when more than half of those present with a vote agree
    (strict, as every 「半数」 of the plan) and the decision stands in the minutes. Nobody elected is not nearly full.
    """
    if elected >= seats:
        return []
    found = []
    needed = MAJORITY.needed(present)
    if elected < 1:
        found.append(
            P14.finding(
                f"应选 {seats} 名，无人当选，不属于“接近应选名额”，不得减少名额；请另行选举（P14）。",
                value=elected,
                limit=seats,
                step=step,
            )
        )
    if agreed < needed:
        found.append(
            P14.finding(
                f"应选 {seats} 名，当选 {elected} 名，减少名额只有 {agreed} 人同意，须有 {needed} 人（到会有选举权的 {present} 人的过半数）；"
                f"请就不足的 {seats - elected} 名另行选举（P14）。",
                value=agreed,
                limit=needed,
                step=step,
            )
        )
    if not recorded:
        found.append(
            P14.finding(
                f"减少 {seats - elected} 个名额的决定没有写入会议记录；请补记表决情况（P14）。",
                value="未记录",
                limit="写入会议记录",
                step=step,
            )
        )
    return found


def equal_number(names: int, posts: int, *, step: str | None = None) -> list[Finding]:
    """P15: as many names as posts when the new committee elects its secretary and deputies."""
    if names == posts:
        return []
    return [
        P15.finding(
            f"书记、副书记共 {posts} 个职位，候选人 {names} 名；应等额选举，请按 {posts} 名提出（P15）。",
            value=names,
            limit=posts,
            remedy=f"按 {posts} 名提出候选人",
            step=step,
        )
    ]


def in_office(
    name: str, takes_office: date, *, approved_on: date | None, filed: bool | None = None, step: str | None = None
) -> list[Finding]:
    """P15: nobody takes office before the street's approval; `filed` False: the secretary is not yet filed with the district.

    `filed` None: not a secretary, or not yet due.
    """
    found = []
    if approved_on is None or takes_office < approved_on:
        said = "街道党工委尚未批复" if approved_on is None else f"街道党工委 {approved_on} 才批复"
        found.append(
            P15.finding(
                f"{name} 于 {takes_office} 任职，{said}；未经批复不得任职，请待批复后任职（P15）。",
                value=takes_office.isoformat(),
                limit="批复之后" if approved_on is None else approved_on.isoformat(),
                step=step,
            )
        )
    if filed is False:
        found.append(
            P15.finding(
                f"书记 {name} 尚未报区委组织部备案；请补报备案（P15）。",
                value="未备案",
                limit="报区委组织部备案",
                remedy="补报备案",
                step=step,
            )
        )
    return found
