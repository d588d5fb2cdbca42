"""Small valid journals made by hand, for the checker's tests: one builder with sane defaults, facts as plain JSON.

Nothing here runs the product. A `Script` writes down what a journal of one district would say; `district()` gives a
whole valid one with a plain unit, one with failed and further polls, a difficult one and a held one.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

from activities.journal import JournalWriter
from simulation.checker.plan import STEPS

Json = dict[str, Any]
Record = dict[str, Any]

DISTRICT, STREET = "D1", "S1"
OFF_DAYS = [
    "2021-02-11",
    "2021-02-12",
    "2021-02-15",
    "2021-02-16",
    "2021-02-17",
    "2021-04-05",
    "2021-05-03",
    "2021-05-04",
]
OFF_DAYS += ["2021-05-05"]
WORKING_WEEKENDS = ["2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08"]

IN_DETAIL = frozenset(
    {
        *(f"prep.{step}" for step in ("household_survey", "satisfaction", "readiness", "removal", "cleanup")),
        *(f"prep.{step}" for step in ("emergency_plans", "both_posts", "joint_signatures", "screening")),
        *("prep.reserves", "prep.double_check", "party.roll", "residents.committee_training"),
    }
)
"""Steps of a plan that prepares in detail: the script's plan, like the street's, leaves them out."""
PLAN = [
    step
    for body, steps in STEPS.items()
    for step in steps
    if body != "women" and step not in IN_DETAIL and step != "residents.proxies"  # representatives give no proxies
]

PARTY = [f"P{i}" for i in range(1, 8)]
RESIDENTS = ["P1", *(f"R{i}" for i in range(1, 9))]
SUPERVISORY = ["P5", "S2", "S3", "S4"]
ASSEMBLY_VOTES = {"P1": 30, "P2": 28, "P3": 26, "P4": 22, "P5": 18, "P6": 10}
POLL_VOTES = {"P1": 45, "R1": 44, "R2": 40, "R3": 38, "R4": 35, "R5": 30, "R6": 26, "R7": 20, "R8": 12}
HANDS = {"P5": 44, "S2": 40, "S3": 35, "S4": 10}
LEVELS = ("prereview", "street_review", "joint_vetting", "standing_committee")
ROLES = {
    "prep": "street_committee",
    "party": "party_branch",
    "residents": "election_committee",
    "supervisory": "residents_committee",
}


def name(person: str) -> str:
    """A person's name from the id, so that tests can tell them apart."""
    return f"某{person}"


def person(id_: str) -> Json:
    """A synthetic person as a nomination form writes one."""
    return {
        "id": id_,
        "name": name(id_),
        "sex": "female",
        "born": "1984-05-01",
        "standing": "full",
        "resident_here": True,
        "incumbent": [],
        "education": "bachelor",
        "full_time_bachelor": False,
        "social_work_graduate": False,
        "social_work_certificate": False,
        "new_social_work_post": False,
        "city_honour": False,
        "outstanding": False,
        "experience_months": 48,
        "familiar": True,
        "retired": False,
        "retires_on": None,
    }


def recorded(day: str, *, complete: bool = True) -> Json:
    """Something done and written down."""
    return {"kind": "recorded", "held_on": day, "complete": complete, "document": "记录1号"}


def requested(day: str) -> Json:
    """A Party organization's request: forty full members, three of them excused with consent and a vote."""
    return {
        "kind": "requested",
        "held_on": day,
        "last_elected": "2016-04-20",
        "full_members": 40,
        "excused": 3,
        "superior_consents": True,
        "meeting_agreed": True,
        "by_delegates": False,
        "approval": "",
    }


def ruled(day: str, *, approved: bool = True) -> Json:
    """A superior's answer."""
    return {"kind": "ruled", "approved": approved, "document": "批复1号", "signed_on": day, "reason": ""}


def nominated(people: Iterable[str], day: str, *, post: str, kin: Iterable[tuple[str, str, str]] = ()) -> Json:
    """Nominees with the kinship they declare, each (a, b, relation)."""
    nominees = [{"person": person(one), "post": post, "route": "voters", "supporters": 12} for one in people]
    declared = [{"a": a, "b": b, "relation": relation} for a, b, relation in kin]
    return {"kind": "nominated", "nominees": nominees, "kin": declared, "closed_on": day}


def reviewed(people: Iterable[str], day: str, *, failing: Iterable[str] = ()) -> Json:
    """One level's conclusions; `failing` are excluded."""
    failing = set(failing)
    conclusions = [
        {
            "person": one,
            "passed": one not in failing,
            "rule": "X2" if one in failing else "",
            "reason": "",
            "evidence": "联审函1号" if one in failing else "",
            "reviewer": "审查员甲" if one in failing else "",
        }
        for one in people
    ]
    return {"kind": "reviewed", "conclusions": conclusions, "signed_on": day, "document": "审查1号"}


def posted(day: str, people: Iterable[str] = ()) -> Json:
    """A paper put up."""
    return {"kind": "posted", "posted_on": day, "place": "公示栏", "names": list(people)}


def counted(
    step: str,
    day: str,
    votes: dict[str, int],
    *,
    roll: int,
    present: int,
    seats: int,
    declared: Iterable[str],
    invalid: int = 0,
    blank: int = 0,
    round_: int = 1,
    collected: int | None = None,
) -> Json:
    """A poll's result form; ballots follow from `present` unless `collected` says otherwise."""
    body, mode = {
        "party.assembly": ("party", "members"),
        "party.plenary": ("party_plenary", "plenary"),
        "residents.poll": ("residents", "representatives"),
        "supervisory.vote": ("supervisory", "show_of_hands"),
    }[step]
    cast = present if collected is None else collected
    ballots = {"issued": cast, "collected": cast, "valid": cast - invalid, "invalid": invalid, "blank": blank}
    posts = dict(zip(votes, ("书记", "副书记"), strict=False)) if step == "party.plenary" else {}
    form = {
        "body": body,
        "mode": mode,
        "law": "2018",
        "date": day,
        "roll": roll,
        "present": present,
        "ballots": None if mode == "show_of_hands" else ballots,
        "seats": seats,
        "candidates": [
            {"name": name(one), "votes": n, "post": posts.get(one), "sex": None, "write_in": False}
            for one, n in votes.items()
        ],
        "round": round_,
    }
    return {
        "kind": "counted",
        "held_on": day,
        "form": form,
        "declared": [name(one) for one in declared],
        "names": list(votes),
        "proxies": 0,
        "roving_boxes": 0,
        "monitors": ["M1", "M2"],
        "by_lot": False,
    }


def seats_of(votes: dict[str, int], elected: Iterable[str], posts: dict[str, str] | None = None) -> list[Json]:
    """Seats with the votes that won them."""
    posts = posts or {}
    return [
        {"person": one, "name": name(one), "post": posts.get(one, "committee_member"), "votes": votes[one]}
        for one in elected
    ]


class Script:
    """Writes one unit's facts down, hour by hour; `records` holds them."""

    def __init__(self, unit: str, *, difficult: bool = False) -> None:
        self.unit = unit
        self.records: list[Record] = []
        self._body = ""
        self._day = ""
        self._minute = 0
        brief = {
            "id": unit,
            "name": f"{unit}社区",
            "street": STREET,
            "district": DISTRICT,
            "households": 1500,
            "residents": 4000,
            "party_members": 40,
            "party_due": 37,
            "organizations": 3,
            "difficult": difficult,
            "party_seats": 5,
            "residents_seats": 7,
            "supervisory_seats": 3,
            "setting": "ab" * 32,
        }
        self.put("2021-02-01", {"kind": "unit_opened", "unit": brief})

    def put(self, day: str, fact: Json) -> None:
        """One fact on a day, a minute after the one before."""
        self._minute = self._minute + 1 if day == self._day else 0
        self._day = day
        at = f"{day}T{9 + self._minute // 60:02d}:{self._minute % 60:02d}:00+08:00"
        self.records.append(
            {"district": DISTRICT, "street": STREET, "unit": self.unit, "body": self._body, "at": at, "fact": fact}
        )

    def body(self, name_: str, day: str) -> None:
        """A body opens; what follows is its."""
        self._body = name_
        self.put(day, {"kind": "body_opened"})

    def end(self) -> None:
        """What follows is the unit's own."""
        self._body = ""

    def open(self, key: str, day: str, last_day: str | None = None) -> None:
        """A gate opens."""
        role = ROLES.get(self._body, "street_discipline")
        self.put(day, {"kind": "gate_opened", "gate": key, "role": role, "opens_on": day, "last_day": last_day})

    def decide(self, key: str, day: str, form: Json) -> None:
        """A gate is decided by its role."""
        role = ROLES.get(self._body, "street_discipline")
        self.put(day, {"kind": "decided", "gate": key, "role": role, "by": "王某", "second": "李某", "form": form})

    def gate(self, key: str, opened: str, form: Json, day: str | None = None, last_day: str | None = None) -> None:
        """A gate opens and is decided, the same day unless said otherwise."""
        self.open(key, opened, last_day)
        self.decide(key, day or opened, form)

    def publish(self, key: str, day: str, last_day: str, days: int, unit: str) -> None:
        """A posting and how long it stays up."""
        fact = {"kind": "published", "gate": key, "posted_on": day, "last_day": last_day, "days": days, "unit": unit}
        self.put(day, fact)

    def settle(
        self, key: str, day: str, seats: list[Json], *, open_seats: int = 0, next_: str | None = None, tied: Any = ()
    ) -> None:
        """A valid poll's outcome."""
        fact = {"kind": "poll_settled", "gate": key, "elected": seats, "open_seats": open_seats}
        self.put(day, fact | {"next": next_, "tied": list(tied)})

    def fail(self, key: str, day: str, rule: str) -> None:
        """A poll that does not count."""
        finding = {
            "rule": rule,
            "severity": "error",
            "message": "不足",
            "value": 29,
            "limit": 30,
            "remedy": "",
            "source": "",
        }
        self.put(day, {"kind": "poll_failed", "gate": key, "findings": [finding | {"step": None}]})

    def complete(self, day: str, seats: list[Json], open_seats: int = 0) -> None:
        """A body is in office."""
        self.put(day, {"kind": "body_completed", "seats": seats, "open_seats": open_seats})

    def close(self, day: str | None, held_by: str = "") -> None:
        """The unit ends."""
        self.end()
        self.put(day or self._day, {"kind": "unit_closed", "completed_on": day, "held_by": held_by, "reason": ""})


# ---------------------------------------------------------------- one unit, stage by stage


def prepare(script: Script, *, accepted: bool = True) -> None:
    """The preparation; a difficult unit's rectification is refused once before it is accepted (or not)."""
    script.body("prep", "2021-02-01")
    script.gate("prep.institution", "2021-02-01", recorded("2021-02-01"))
    script.open("prep.survey", "2021-02-01", "2021-02-05")
    script.put("2021-02-04", {"kind": "reminded", "gate": "prep.survey", "last_day": "2021-02-05"})
    late = {"kind": "overdue", "gate": "prep.survey", "owner": "street_committee", "last_day": "2021-02-05"}
    script.put("2021-02-06", late | {"escalated_to": "district_organization", "rule": "P1"})
    script.decide("prep.survey", "2021-02-07", recorded("2021-02-07"))
    difficult = script.records[0]["fact"]["unit"]["difficult"]
    if difficult:
        script.gate("prep.rectification", "2021-02-07", recorded("2021-02-08", complete=False), "2021-02-08")
        script.put("2021-02-08", {"kind": "held", "rule": "X4", "reason": "整顿未验收", "by": "街道党工委"})
        if not accepted:
            return
        script.gate("prep.rectification#2", "2021-02-08", recorded("2021-02-09"), "2021-02-09")
        script.put("2021-02-09", {"kind": "released", "reason": "整顿验收合格", "by": "街道党工委"})
    script.gate("prep.plan", "2021-02-09", recorded("2021-02-09"))
    script.gate("prep.training", "2021-02-10", recorded("2021-02-10"))
    script.gate("prep.audit", "2021-02-10", recorded("2021-02-10"))


def nominate_party(script: Script, *, secretary: bool = False) -> None:
    """From the first meeting to the approved slate; P7 is excluded and appeals in vain."""
    script.body("party", "2021-02-19")
    script.gate("party.meeting", "2021-02-19", requested("2021-02-19"))
    if secretary:  # refused once, asked for again
        script.gate("party.reply", "2021-02-19", ruled("2021-02-20", approved=False), "2021-02-20")
        script.gate("party.meeting#2", "2021-02-20", requested("2021-02-20"))
        script.gate("party.reply#2", "2021-02-22", ruled("2021-02-22"))
    else:
        script.gate("party.reply", "2021-02-22", ruled("2021-02-22"))
    script.gate("party.method", "2021-02-23", recorded("2021-02-23"))
    script.gate("party.appraisal", "2021-02-24", recorded("2021-02-24"))
    kin = [("P1", "X1", "spouse"), ("P3", "P6", "sibling")]
    script.gate("party.recommendation", "2021-02-25", nominated(PARTY, "2021-03-01", post="party_member", kin=kin))
    script.records[-1]["fact"]["form"]["closed_on"] = "2021-02-25"
    script.records[-1]["fact"]["form"]["nominees"][0]["post"] = "secretary"
    script.gate("party.street_review", "2021-03-02", reviewed(PARTY, "2021-03-03"), "2021-03-03", "2021-03-05")
    if secretary:
        script.gate("party.secretary_review", "2021-03-03", reviewed(["P1"], "2021-03-04"), "2021-03-04")
    script.gate("party.joint_vetting", "2021-03-04", reviewed(PARTY, "2021-03-08", failing=["P7"]), "2021-03-08")
    excluded = {"kind": "excluded", "gate": "party.joint_vetting", "person": "P7", "rule": "X2", "reason": "情形②"}
    script.put("2021-03-08", excluded | {"evidence": "联审函1号", "reviewer": "审查员甲"})
    script.put("2021-03-08", {"kind": "appealed", "person": "P7", "grounds": "情况有出入"})
    script.open("appeal:P7", "2021-03-08", "2021-03-20")
    left = PARTY[:-1]
    script.gate("party.standing_committee", "2021-03-09", reviewed(left, "2021-03-10"), "2021-03-10")
    script.decide("appeal:P7", "2021-03-10", signed("2021-03-10"))
    script.put(
        "2021-03-10", {"kind": "appeal_decided", "person": "P7", "upheld": False, "handler": "赵某", "head": "钱某"}
    )
    script.gate("party.inspection_list", "2021-03-11", recorded("2021-03-11"))
    script.gate("party.inspection", "2021-03-11", reviewed(left, "2021-03-15"), "2021-03-15")
    script.gate("party.inspection_publicity", "2021-03-15", posted("2021-03-15", left))
    script.publish("party.inspection_publicity", "2021-03-15", "2021-03-18", 3, "working")
    script.gate("party.talks", "2021-03-16", recorded("2021-03-17"), "2021-03-17")
    slate = {"kind": "slated", "names": left, "committed": left, "decided_on": "2021-03-26"}
    script.gate("party.slate", "2021-03-26", slate)
    script.gate("party.publicity", "2021-03-29", posted("2021-03-29", left))
    script.publish("party.publicity", "2021-03-29", "2021-04-06", 5, "working")
    script.gate("party.slate_approval", "2021-04-07", ruled("2021-04-07"))


def signed(day: str) -> Json:
    """A complaint or an appeal signed off by two people."""
    return {
        "kind": "signed_off",
        "upheld": False,
        "decided_on": day,
        "handler": "赵某",
        "head": "钱某",
        "reason": "不属实",
    }


def assembly(script: Script, key: str = "party.assembly", day: str = "2021-04-08", **figures: Any) -> Json:
    """The members' meeting as counted, with its defaults."""
    chosen = list(ASSEMBLY_VOTES)[:5]
    defaults: Json = {"roll": 37, "present": 32, "seats": 5, "invalid": 1, "blank": 1, "declared": chosen}
    form = counted("party.assembly", day, ASSEMBLY_VOTES, **(defaults | figures))
    script.gate(key, day, form)
    return form


def elect_party(script: Script, *, again: bool = False) -> None:
    """The two polls and what follows; with `again` the first meeting falls short, 29 of 37."""
    key = "party.assembly"
    if again:
        low = {one: min(n, 27) for one, n in ASSEMBLY_VOTES.items()}
        form = counted(key, "2021-04-08", low, roll=37, present=29, seats=5, invalid=1, blank=1, declared=[])
        script.gate(key, "2021-04-08", form)
        script.fail(key, "2021-04-08", "P7")
        key = "party.assembly#2"
    assembly(script, key)
    elected = list(ASSEMBLY_VOTES)[:5]
    script.settle(key, "2021-04-08", seats_of(ASSEMBLY_VOTES, elected))
    officers = {"P1": 5, "P2": 5}
    form = counted("party.plenary", "2021-04-08", officers, roll=5, present=5, seats=2, declared=officers)
    script.gate("party.plenary", "2021-04-08", form)
    posts = {"P1": "secretary", "P2": "deputy_secretary", "P5": "discipline_member"}
    script.settle("party.plenary", "2021-04-08", seats_of(officers, officers, posts))
    script.gate("party.report", "2021-04-08", recorded("2021-04-08"))
    script.gate("party.result_approval", "2021-04-08", ruled("2021-04-09"), "2021-04-09")
    script.gate("party.filing", "2021-04-09", recorded("2021-04-09"))
    script.gate("party.appointment", "2021-04-09", recorded("2021-04-09"))
    script.gate("party.archive", "2021-04-09", recorded("2021-04-09"))
    script.complete("2021-04-09", seats_of(ASSEMBLY_VOTES, elected, posts))


def nominate_residents(script: Script) -> None:
    """From the election committee to the list; the secretary stands and leaves the committee's chair."""
    script.body("residents", "2021-04-10")
    committee = {
        "kind": "chosen",
        "members": [person(one) for one in ("P1", "C2", "C3", "C4", "C5")],
        "chair": "P1",
        "deputy": "C2",
        "reserves": [person(one) for one in ("C6", "C7")],
        "held_on": "2021-04-10",
    }
    script.gate("residents.election_committee", "2021-04-10", committee)
    script.gate("residents.group_leaders", "2021-04-13", recorded("2021-04-13"))
    delegates = {"kind": "delegated", "households": 1500, "from_households": 50, "organizations_present": 3}
    delegates |= {"from_organizations": 3, "held_on": "2021-04-15"}
    script.gate("residents.representatives", "2021-04-15", delegates)
    kin = [("R1", "X2", "spouse"), ("R2", "R7", "sibling"), ("M1", "C3", "spouse")]
    form = nominated(RESIDENTS, "2021-04-20", post="committee_member", kin=kin)
    script.gate("residents.nomination", "2021-04-17", form, "2021-04-20")
    script.put("2021-04-20", {"kind": "stepped_out", "person": "P1", "successor": "C6", "presides": "C2"})
    for place, level in enumerate(LEVELS):
        script.gate(f"residents.{level}", f"2021-04-{21 + place}", reviewed(RESIDENTS, f"2021-04-{21 + place}"))
    script.gate("residents.list", "2021-04-25", posted("2021-04-25", RESIDENTS), last_day="2021-04-25")
    script.publish("residents.list", "2021-04-25", "2021-04-28", 3, "calendar")


def elect_residents(script: Script, *, further: bool = False) -> None:
    """The poll, announcement and handover; with `further` two seats stay open first and two tie in the further vote."""
    day = "2021-04-28"
    votes, elected = POLL_VOTES, list(POLL_VOTES)[:7]
    figures: Json = {"roll": 53, "present": 48, "invalid": 1}
    last: dict[str, int] = dict(votes)
    if further:
        votes = POLL_VOTES | {"R5": 24, "R6": 20}
        last = dict(votes)
        elected = elected[:5]
    form = counted("residents.poll", day, votes, seats=7, declared=elected, **figures)
    script.gate("residents.poll", day, form)
    script.settle(
        "residents.poll",
        day,
        seats_of(votes, elected),
        open_seats=7 - len(elected),
        next_="further_vote" if further else None,
    )
    if further:
        day = "2021-04-29"
        again = {"R5": 30, "R6": 22, "R7": 22, "R8": 5}
        form = counted("residents.poll", day, again, seats=2, declared=["R5"], round_=2, **figures)
        script.gate("residents.poll#2", day, form)
        seats = seats_of(again, ["R5"])
        script.settle("residents.poll#2", day, seats, open_seats=1, next_="revote_tied", tied=["R6", "R7"])
        day = "2021-04-30"
        tied = {"R6": 28, "R7": 18}
        form = counted("residents.poll", day, tied, seats=1, declared=["R6"], round_=2, **figures)
        script.gate("residents.poll#3", day, form)
        script.settle("residents.poll#3", day, seats_of(tied, ["R6"]))
        elected = [*elected, "R5", "R6"]
        last |= {"R5": 30, "R6": 28}
    script.gate("residents.announcement", day, {"kind": "announced", "announced_on": day, "names": elected})
    script.gate("residents.filing", "2021-04-30", recorded("2021-04-30"))
    handover = {"kind": "handed_over", "completed_on": "2021-05-01", "items": ["公章"], "supervised_by": "街道办事处"}
    script.gate("residents.handover", "2021-04-30", handover, "2021-05-01")
    script.complete("2021-05-01", seats_of(last, elected, {"P1": "chair"}))


def elect_supervisory(script: Script) -> None:
    """Nomination to board; P5 sits in the Party organization too, which is no conflict."""
    script.body("supervisory", "2021-05-04")
    kin = [("R3", "S4", "parent")]
    script.gate(
        "supervisory.nomination", "2021-05-04", nominated(SUPERVISORY, "2021-05-04", post="supervisory_member", kin=kin)
    )
    for level, day in zip(LEVELS, ("2021-05-05", "2021-05-05", "2021-05-06", "2021-05-07"), strict=True):
        script.gate(f"supervisory.{level}", day, reviewed(SUPERVISORY, day))
    script.gate("supervisory.list", "2021-05-07", posted("2021-05-07", SUPERVISORY))
    elected = list(HANDS)[:3]
    form = counted("supervisory.vote", "2021-05-08", HANDS, roll=53, present=45, seats=3, declared=elected)
    script.gate("supervisory.vote", "2021-05-08", form)
    script.settle("supervisory.vote", "2021-05-08", seats_of(HANDS, elected))
    script.gate("supervisory.filing", "2021-05-08", recorded("2021-05-08"))
    handover = {"kind": "handed_over", "completed_on": "2021-05-09", "items": ["档案"], "supervised_by": "街道办事处"}
    script.gate("supervisory.handover", "2021-05-09", handover)
    script.gate("supervisory.board", "2021-05-09", recorded("2021-05-09"))
    script.complete("2021-05-09", seats_of(HANDS, elected, {"P5": "supervisory_chair"}))


def complain(script: Script) -> None:
    """A complaint received and signed off in time."""
    script.end()
    received = {"kind": "complaint_received", "complaint": "c1", "about": "residents.poll", "last_day": "2021-05-08"}
    script.put("2021-05-02", received)
    script.open("complaint:c1", "2021-05-02", "2021-05-08")
    script.decide("complaint:c1", "2021-05-03", signed("2021-05-03"))
    decided = {"kind": "complaint_decided", "complaint": "c1", "upheld": False, "handler": "赵某", "head": "钱某"}
    script.put("2021-05-03", decided)


def unit(id_: str = "U1", *, variant: str = "plain") -> list[Record]:
    """One valid unit: `plain`; `repeated` (failed and further polls); `difficult` (put right first); `held`."""
    script = Script(id_, difficult=variant in ("difficult", "held"))
    prepare(script, accepted=variant != "held")
    if variant == "held":
        script.close(None, held_by="X4")
        return script.records
    nominate_party(script, secretary=variant == "difficult")
    elect_party(script, again=variant == "repeated")
    nominate_residents(script)
    elect_residents(script, further=variant == "repeated")
    if variant == "plain":
        refused = {"rule": "F9", "severity": "error", "message": "不符", "value": None, "limit": None}
        refused |= {"remedy": "", "source": "", "step": None}
        script.put(
            "2021-05-01",
            {
                "kind": "refused",
                "gate": "residents.handover",
                "role": "street_office",
                "by": "孙某",
                "findings": [refused],
            },
        )
        complain(script)
    elect_supervisory(script)
    script.close("2021-05-09")
    return script.records


def opened(units: int, *, law: str = "2018") -> Record:
    """A district's opening record."""
    fact = {
        "kind": "district_opened",
        "name": "某区",
        "pack": "street-2021",
        "pack_version": "1",
        "pack_sha256": "cd" * 32,
        "setting": "ab" * 32,
        "law": law,
        "off_days": OFF_DAYS,
        "working_weekends": WORKING_WEEKENDS,
        "steps": PLAN,
        "units": units,
    }
    at = "2021-02-01T08:00:00+08:00"
    return {"district": DISTRICT, "street": "", "unit": "", "body": "", "at": at, "fact": fact}


def closed(completed: int, held: int) -> Record:
    """A district's closing record."""
    fact = {"kind": "district_closed", "completed": completed, "held": held}
    at = "2021-06-01T08:00:00+08:00"
    return {"district": DISTRICT, "street": "", "unit": "", "body": "", "at": at, "fact": fact}


def wrap(*units: list[Record], held: int = 0) -> list[Record]:
    """A district around its units' records, in time order."""
    merged = sorted((record for records in units for record in records), key=lambda record: str(record["at"]))
    return copy.deepcopy([opened(len(units)), *merged, closed(len(units) - held, held)])


def district() -> list[Record]:
    """A whole valid district: four units, one of each variant."""
    variants = ("plain", "repeated", "difficult", "held")
    return wrap(*(unit(f"U{i}", variant=variant) for i, variant in enumerate(variants, 1)), held=1)


def small() -> list[Record]:
    """A valid district with one plain unit, for planting bugs in."""
    return wrap(unit())


# ---------------------------------------------------------------- finding and bending


def find(records: list[Record], kind: str, gate: str = "", body: str | None = None) -> Record:
    """The first record of a kind, at a gate or in a body where given. Raises LookupError."""
    for record in records:
        fact = record["fact"]
        if fact["kind"] == kind and (not gate or fact.get("gate") == gate) and body in (None, record["body"]):
            return record
    raise LookupError(f"no {kind} {gate} {body or ''}")


def fact(records: list[Record], kind: str, gate: str = "", body: str | None = None) -> Json:
    """The fact of the first such record, to be bent."""
    found: Json = find(records, kind, gate, body)["fact"]
    return found


def form(records: list[Record], gate: str) -> Json:
    """The form that decided a gate, to be bent."""
    found: Json = fact(records, "decided", gate)["form"]
    return found


def without(records: list[Record], wrong: Callable[[Record], bool]) -> None:
    """Drop the records for which `wrong` holds."""
    records[:] = [record for record in records if not wrong(record)]


def at_gate(key: str) -> Callable[[Record], bool]:
    """True for records of a gate."""
    return lambda record: record["fact"].get("gate") == key


def write(records: Iterable[Record]) -> bytes:
    """The records as a journal file's bytes, chained and closed."""
    file = BytesIO()
    writer = JournalWriter(file)
    for record in records:
        writer.append(**record)
    writer.close()
    return file.getvalue()


def numbered(records: Iterable[Record]) -> Iterator[Record]:
    """The records with their running number, as the checker is fed them without a file."""
    for n, record in enumerate(records, 1):
        yield {"n": n, **record}
