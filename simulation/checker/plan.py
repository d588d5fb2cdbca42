"""The procedure as the checker knows it: its own transcription of the order, not read from the pack it judges.

A step the plan calls independent of another (the talks beside the inspection's posting, say) need not wait for it;
everything else waits for all that stands before it in the list.
"""

from typing import NamedTuple

BODIES = ("prep", "party", "residents", "supervisory", "women")

ORDER: dict[str, tuple[str, ...]] = {
    "prep": (
        "institution",
        "survey",
        "household_survey",
        "satisfaction",
        "readiness",
        "removal",
        "rectification",
        "cleanup",
        "plan",
        "emergency_plans",
        "training",
        "audit",
        "both_posts",
        "joint_signatures",
        "screening",
        "reserves",
        "double_check",
    ),
    "party": (
        "meeting",
        "reply",
        "method",
        "roll",
        "appraisal",
        "recommendation",
        "street_review",
        "secretary_review",
        "joint_vetting",
        "standing_committee",
        "inspection_list",
        "inspection",
        "inspection_publicity",
        "talks",
        "slate",
        "publicity",
        "slate_approval",
        "assembly",
        "plenary",
        "report",
        "result_approval",
        "filing",
        "appointment",
        "archive",
    ),
    "residents": (
        "election_committee",
        "committee_training",
        "group_leaders",
        "representatives",
        "registration",
        "voters_list",
        "objections",
        "nomination",
        "prereview",
        "street_review",
        "joint_vetting",
        "standing_committee",
        "list",
        "proxies",
        "poll",
        "announcement",
        "filing",
        "handover",
    ),
    "supervisory": (
        "nomination",
        "prereview",
        "street_review",
        "joint_vetting",
        "standing_committee",
        "list",
        "vote",
        "filing",
        "handover",
        "board",
    ),
    "women": (
        "notice",
        "campaign",
        "instructor",
        "nomination",
        "review",
        "list",
        "poll",
        "express",
        "pilot_acceptance",
    ),
}

VILLAGE_ORDER: dict[str, tuple[str, ...]] = ORDER | {
    "residents": (
        "poll_day",
        "election_committee",
        "committee_training",
        "registration",
        "voters_list",
        "objections",
        "representatives",
        "nomination_call",
        "nomination",
        "preliminary",
        "prereview",
        "street_review",
        "joint_vetting",
        "candidates",
        "list",
        "meeting",
        "stations",
        "staff",
        "proxies",
        "boxes",
        "assistance",
        "ballot_rules",
        "poll",
        "runoff",
        "announcement",
        "vacancy",
        "acting",
        "certificates",
        "filing",
        "handover",
    )
}
"""The same for a village, whose committee every voter elects: seventeen numbered announcements."""

RESULT_APPROVAL = "party.result_approval"
RECTIFICATION = "prep.rectification"
READINESS, REMOVAL = "prep.readiness", "prep.removal"
COMMITTEE_TRAINING = "residents.committee_training"
SECRETARY_REVIEW = "party.secretary_review"
PILOT_ACCEPTANCE = "women.pilot_acceptance"
RUNOFF = "residents.runoff"
VACANCY, ACTING = "residents.vacancy", "residents.acting"
CONDITIONAL = frozenset(
    {RECTIFICATION, REMOVAL, SECRETARY_REVIEW, COMMITTEE_TRAINING, PILOT_ACCEPTANCE, RUNOFF, VACANCY, ACTING}
)  # absent where the unit does not need them

_AUDIT_BESIDE = (
    "household_survey",
    "satisfaction",
    "readiness",
    "removal",
    "cleanup",
    "emergency_plans",
)
"""What an audit need not wait for, besides the plan and the training."""

INDEPENDENT: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        *((f"prep.{step}", "prep.audit") for step in _AUDIT_BESIDE),
        ("prep.survey", "prep.audit"),
        ("prep.rectification", "prep.plan"),
        ("prep.rectification", "prep.training"),
        ("prep.rectification", "prep.audit"),
        ("prep.plan", "prep.audit"),
        ("prep.training", "prep.audit"),
        ("party.inspection_publicity", "party.talks"),
        ("party.filing", "party.appointment"),
        ("residents.filing", "residents.handover"),
        ("supervisory.filing", "supervisory.handover"),
        ("supervisory.filing", "supervisory.board"),
        ("residents.certificates", "residents.filing"),
        ("residents.certificates", "residents.handover"),
    )
)


class Order(NamedTuple):
    """One kind of unit's steps by body, each step's place in its body, and what must be done before each."""

    steps: dict[str, tuple[str, ...]]
    rank: dict[str, int]
    before: dict[str, tuple[str, ...]]


def _order(names_of: dict[str, tuple[str, ...]]) -> Order:
    steps = {body: tuple(f"{body}.{name}" for name in names) for body, names in names_of.items()}
    rank = {step: place for listed in steps.values() for place, step in enumerate(listed)}
    before = {
        step: tuple(
            earlier
            for earlier in listed[: rank[step]]
            if earlier not in CONDITIONAL and frozenset((earlier, step)) not in INDEPENDENT
        )
        for listed in steps.values()
        for step in listed
    }
    return Order(steps, rank, before)


COMMUNITY, VILLAGE = _order(ORDER), _order(VILLAGE_ORDER)
ROLL = frozenset({"residents.registration", "residents.voters_list", "residents.objections"})
"""What a community owes since 2026 whoever casts the votes; before, only where every voter does."""
STEPS = COMMUNITY.steps
BODY_OF: dict[str, str] = {
    step: body for order in (COMMUNITY, VILLAGE) for body, listed in order.steps.items() for step in listed
}

ASSEMBLY, PLENARY, POLL, VOTE = "party.assembly", "party.plenary", "residents.poll", "supervisory.vote"
WOMEN_POLL = "women.poll"
POLLS = frozenset(
    {ASSEMBLY, PLENARY, POLL, VOTE, WOMEN_POLL}
)  # a village's run-off is a poll of its own, see `village`
MAIN_POLL = {"party": ASSEMBLY, "residents": POLL, "supervisory": VOTE, "women": WOMEN_POLL}
SEATS_OF = {
    "party": "party_seats",
    "residents": "residents_seats",
    "supervisory": "supervisory_seats",
    "women": "women_seats",
}
SEATS_RULE = {"party": "P4", "residents": "R1", "supervisory": "S2", "women": "W1"}
LAWFUL_MODES = {
    ASSEMBLY: ("members", "representatives"),
    PLENARY: ("plenary",),
    POLL: ("representatives", "households", "voters"),
    VOTE: ("show_of_hands", "representatives", "households", "voters"),
    WOMEN_POLL: ("voters", "representatives", "show_of_hands"),
}
FORM_BODY = {ASSEMBLY: "party", PLENARY: "party_plenary", POLL: "residents", VOTE: "supervisory", WOMEN_POLL: "women"}

SLATE, SLATE_APPROVAL, INSPECTION_LIST = "party.slate", "party.slate_approval", "party.inspection_list"
RESIDENTS_LIST, SUPERVISORY_LIST, WOMEN_LIST = "residents.list", "supervisory.list", "women.list"
FINAL_LISTS = frozenset({SLATE, RESIDENTS_LIST, SUPERVISORY_LIST, WOMEN_LIST})
PUBLICITY, INSPECTION_PUBLICITY = "party.publicity", "party.inspection_publicity"
POSTINGS = frozenset({PUBLICITY, INSPECTION_PUBLICITY})  # what follows waits until they have been up long enough
ANNOUNCEMENT, HANDOVER = "residents.announcement", "residents.handover"
REPRESENTATIVES = "residents.representatives"
VOTERS_LIST, CANDIDATES = "residents.voters_list", "residents.candidates"  # of a village

PUBLICITY_DAYS = 5  # P6, working days
VOTERS_LIST_DAYS = 20  # V6, calendar days before the poll
OBJECTION_DAYS, DECISION_DAYS = 5, 3  # V7, after publication and after receipt
CANDIDATE_LIST_DAYS = 5  # V9, before the poll
VOTING_AGE, OUTSIDER_MONTHS = 18, 12  # V5, V4
PROXIES_EACH, BOX_MONITORS = 3, 3  # V11, V12
FEWEST_IN_A_COUNT = 30  # V10, ballots: fewer would tell whose they are
RUNOFF_DAYS = 30  # V19, after the poll
LIST_DAYS = 3  # R4, calendar days before the poll
ANNOUNCEMENT_DAYS = 1  # R6, calendar days after the poll
HANDOVER_DAYS = 10  # R6
EXPRESS = "women.express"
JOINT_NOMINATION = 10  # W2: 「十名群众举荐」
LAW_BOUND = frozenset({ANNOUNCEMENT, HANDOVER, "supervisory.handover", EXPRESS})  # no postponement moves their limits
REMINDER_DAYS = 3  # a gate open this long before its last day is reminded before it is flagged

CHAIR_POSTS = frozenset({"主任", "书记"})  # a form's posts of one person each
DEPUTY_POSTS = frozenset({"副主任", "副书记"})
OFFICER_POSTS = frozenset({"secretary", "deputy_secretary"})
UNCOUNTED_POST = "part_time_member"  # P4: not counted in the seats
