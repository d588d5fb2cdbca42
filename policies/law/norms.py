"""The values in which the laws of the nation and its provinces differ, by name: what a rule is handed instead of a number of its own.

`Norms` is what the layers come to for one election (nation → province → county → election); a value None is one that no
layer gives, and nothing is asked then. Articles, dates and confidence of each value stand with the layers.
"""

from enum import StrEnum

from policies.shares import Threshold
from policies.value import Value


class WithdrawsWhen(StrEnum):
    """When a member of the election committee must leave it."""

    NOMINATED = "nominated"  # 被提名为候选人
    CONFIRMED = "confirmed"  # 被确定为（正式）候选人


class ProxyHolder(StrEnum):
    """Who may vote for somebody away."""

    NEAR_RELATIVE = "near_relative"  # 本村有选举权的近亲属
    RELATIVE_OR_VILLAGER = "relative_or_villager"  # 近亲属或者其他村民
    VOTER = "voter"  # 社区: 其他登记参加选举的居民


class RovingBox(StrEnum):
    """For whom a roving box may be used."""

    NONE = "none"  # 没有流动票箱
    IMPAIRED = "impaired"  # 行动困难不便到场的人
    DISPERSED = "dispersed"  # 居住分散、交通不便等特殊情况
    OPEN = "open"  # 没有限制


class SurplusVoids(StrEnum):
    """What is void when more ballots are collected than persons voted."""

    POLL = "poll"  # 全场
    BOX = "box"  # 该票箱


class StaffKin(StrEnum):
    """Which relatives of a candidate may not count or watch."""

    SPOUSE_LINEAL = "spouse_lineal"  # 配偶、直系亲属
    SPOUSE_LINEAL_SIBLINGS = "spouse_lineal_siblings"  # 配偶、父母子女、兄弟姐妹
    NEAR = "near"  # 近亲属


class Nominator(StrEnum):
    """Who may put forward a candidate."""

    PARTY_ORGANIZATION = "party_organization"  # 村（社区）党组织
    VOTERS = "voters"  # 登记参加选举的村民、选民
    HOUSEHOLDS = "households"  # 户的代表
    GROUP_REPRESENTATIVES = "group_representatives"  # 居民小组选举的代表


class Admission(StrEnum):
    """Who lets people with a tie to the village (married in, former villagers with rights there) onto the register."""

    ELECTION_COMMITTEE = "election_committee"  # 经村民选举委员会确认
    MEETING = "meeting"  # 经村民会议或者村民代表会议同意


class Acting(StrEnum):
    """Who does a chair's work where neither a chair nor a deputy was elected."""

    CHOSEN = "chosen"  # 由村民代表会议在当选的委员中推选一人
    MOST_VOTES = "most_votes"  # 得票多的委员，得票相等的由会议确定


class Norms(Value):
    """What binds one direct election. Days are calendar days, shares name their denominator."""

    # the body
    members_min: int | None = None
    members_max: int | None = None
    women_min: int | None = None
    term_years: int | None = None
    members_kin: StaffKin | None = None  # which relatives may not sit together
    # the election committee
    committee_min: int | None = None
    committee_max: int | None = None
    committee_withdraws: WithdrawsWhen | None = None
    committee_kin_withdraws: bool | None = None  # a near relative's nomination counts too
    committee_kin: StaffKin | None = None  # which relatives count as near there
    committee_reserves_first: bool | None = None  # chosen anew only where no reserve is left
    # the register
    voting_age: int | None = None
    outsider_months: int | None = None  # an outsider's residence before he may apply
    outsider_work_counts: bool | None = None  # village work of that length does as well
    outsider_needs_vote: bool | None = None  # assembly or representatives must agree
    worker_months: int | None = None  # a community worker's time in the community before he may apply
    related_admitted_by: Admission | None = None  # people with a tie to the village; None: not foreseen
    incapable_left_out: bool | None = None  # people without legal capacity stay off the list
    voters_list_days: int | None = None  # before the poll
    delegates_with_list: bool | None = None  # delegates are published together with the list
    objection_days: int | None = None  # after publication
    decision_days: int | None = None  # after receipt
    # delegates and their meeting
    delegate_households_min: int | None = None  # households that send one delegate
    delegate_households_max: int | None = None
    meeting_quorum: Threshold | None = None  # of the representatives' meeting
    meeting_women: Threshold | None = None  # women among the representatives
    assembly_adults: Threshold | None = None  # of the adults, for an assembly
    assembly_households: Threshold | None = None  # or of the households
    meeting_majority: Threshold | None = None  # of those present at either
    representatives_share: Threshold | None = None  # representatives among the members of their meeting
    # candidates
    nominators: tuple[Nominator, ...] | None = None  # in the order of Nominator
    joint_nominators: int | None = None  # voters who must join for a nomination of theirs
    nomination_quorum: Threshold | None = None  # who must take part in nominating by vote
    more_than_seats: bool | None = None
    margin_min: int | None = None  # more candidates than seats, for each post
    margin_max: int | None = None
    margin_max_members: int | None = None  # the same for ordinary members, where it differs
    candidate_list_days: int | None = None  # before the poll
    declining_days: int | None = None  # before the poll: last day to decline in writing
    self_nominated_days: int | None = None  # before the poll: last day to apply where there are no candidates
    meets_voters: bool | None = None
    # voting
    venue_days: int | None = None  # before the poll: time, place and staff published
    proxies_per_holder: int | None = None
    proxy_holder: ProxyHolder | None = None
    proxy_in_delegates_mode: bool | None = None  # delegates may vote by proxy
    proxy_candidate_holds: bool | None = None  # a candidate may hold a proxy
    proxy_notice_days: int | None = None  # before the poll: last day to give notice
    proxy_published_days: int | None = None  # before the poll: both names published
    roving_box: RovingBox | None = None
    roving_box_approval: bool | None = None  # the township approves each
    roving_box_users_published: bool | None = None
    box_monitors_min: int | None = None
    staff_kin: StaffKin | None = None
    # validity and winning
    quorum: Threshold | None = None  # where every voter votes
    quorum_households: Threshold | None = None  # where one delegate a household votes
    quorum_delegates: Threshold | None = None  # where residents' delegates vote
    majority: Threshold | None = None
    surplus_voids: SurplusVoids | None = None
    spoiled_counted: bool | None = None  # spoiled ballots stay in the total of ballots
    two_posts_void: bool | None = None  # one name marked for two posts: the ballot is void
    further_vote_share: Threshold | None = None
    further_vote_days: int | None = None  # after the poll
    vacant_from: int | None = None  # members elected from which further seats may stay vacant
    vacant_after_further_vote: bool | None = None  # only once a further vote was held
    vacant_needs_chair: bool | None = None  # only once the chair is elected
    vacant_needs_vote: bool | None = None  # only by a decision of the assembly or the representatives
    acting_chair: Acting | None = None  # who acts without a chair and deputies; None: no law says
    elected_list_days: int | None = None  # after the poll: list of those elected published
    wrongful_win_bars: bool | None = None  # whose win was void cannot win the further vote
    # afterwards
    handover_days: int | None = None
    seal_same_day: bool | None = None
    recall_voters: Threshold | None = None
    recall_representatives: Threshold | None = None
    recall_vote_days: int | None = None  # after the demand
    by_election_months: int | None = None
    # of a representatives' meeting that holds one; asked by no gate: here the registered voters hold every by-election of a
    # village (2025年法第二十三条: 参照本法第十八条)
    by_election_representatives: Threshold | None = None
