"""The norms of nation and provinces for the tests, read out of the law texts by hand, apart from the law layers.

Each province stands on the national law it was written under (2018), with its own values over it. Only values that a text
gives are given; what it is silent on stays None.
"""

from policies.law.norms import (
    Acting,
    Admission,
    Nominator,
    Norms,
    ProxyHolder,
    RovingBox,
    StaffKin,
    SurplusVoids,
    WithdrawsWhen,
)
from policies.pack.schema import Denominator, Threshold


def share(text: str, top: int, bottom: int, of: Denominator, *, inclusive: bool) -> Threshold:
    """A share as a clause words it."""
    return Threshold(text=text, numerator=top, denominator=bottom, inclusive=inclusive, of=of)


def over_half(of: Denominator) -> Threshold:
    """过半数."""
    return share("过半数", 1, 2, of, inclusive=False)


ONE_THIRD = share("三分之一以上", 1, 3, Denominator.REPRESENTATIVES, inclusive=True)
TWO_THIRDS = share("三分之二以上", 2, 3, Denominator.DUE, inclusive=True)  # 组成人员

NATION_2018 = Norms(
    members_min=3,  # 6
    members_max=7,
    women_min=1,
    term_years=5,  # 11
    committee_withdraws=WithdrawsWhen.NOMINATED,  # 12
    voting_age=18,  # 13
    outsider_months=12,
    outsider_work_counts=False,
    outsider_needs_vote=True,
    voters_list_days=20,  # 14
    objection_days=5,
    decision_days=3,
    nominators=(Nominator.VOTERS,),  # 15
    more_than_seats=True,
    meets_voters=True,
    proxy_holder=ProxyHolder.NEAR_RELATIVE,
    quorum=over_half(Denominator.REGISTERED),
    majority=over_half(Denominator.PRESENT),
    further_vote_share=share("三分之一", 1, 3, Denominator.CAST, inclusive=True),
    recall_voters=share("五分之一以上", 1, 5, Denominator.REGISTERED, inclusive=True),  # 16
    recall_representatives=ONE_THIRD,
    handover_days=10,  # 20
    assembly_adults=over_half(Denominator.DUE),  # 22
    assembly_households=share("三分之二以上", 2, 3, Denominator.HOUSEHOLDS, inclusive=True),
    meeting_majority=over_half(Denominator.PRESENT),
    representatives_share=share("五分之四以上", 4, 5, Denominator.DUE, inclusive=True),  # 25
    delegate_households_min=5,
    delegate_households_max=15,
    meeting_women=share("三分之一以上", 1, 3, Denominator.DUE, inclusive=True),
    meeting_quorum=TWO_THIRDS,  # 26
)
"""《村民委员会组织法》（2018）; the articles are noted beside."""

NATION_2025 = NATION_2018.model_copy(
    update={
        "members_kin": StaffKin.NEAR,  # 8
        "committee_kin_withdraws": True,  # 15
        "committee_kin": StaffKin.NEAR,
        "outsider_work_counts": True,  # 16
        "nominators": (Nominator.PARTY_ORGANIZATION, Nominator.VOTERS),  # 18
        "proxies_per_holder": 3,
        "proxy_holder": ProxyHolder.RELATIVE_OR_VILLAGER,
        "proxy_candidate_holds": False,
    }
)
"""《村民委员会组织法》（2025）."""

COMMUNITY_2025 = Norms(
    members_min=5,  # 8
    members_max=9,
    women_min=1,
    members_kin=StaffKin.NEAR,
    term_years=5,  # 14
    committee_withdraws=WithdrawsWhen.NOMINATED,  # 15
    committee_kin_withdraws=True,
    committee_kin=StaffKin.NEAR,
    voting_age=18,  # 16
    worker_months=6,
    outsider_needs_vote=False,
    voters_list_days=20,  # 17
    delegates_with_list=True,
    objection_days=5,
    decision_days=3,
    nominators=(Nominator.PARTY_ORGANIZATION, Nominator.VOTERS),  # 18
    joint_nominators=10,
    more_than_seats=True,
    meets_voters=True,
    proxies_per_holder=3,  # 19
    proxy_holder=ProxyHolder.VOTER,
    proxy_candidate_holds=False,
    proxy_in_delegates_mode=False,
    quorum=over_half(Denominator.REGISTERED),
    quorum_households=over_half(Denominator.HOUSEHOLDS),
    quorum_delegates=share("超过三分之二", 2, 3, Denominator.REPRESENTATIVES, inclusive=False),
    majority=over_half(Denominator.PRESENT),
    further_vote_share=share("三分之一", 1, 3, Denominator.CAST, inclusive=True),
    recall_voters=share("十分之一以上", 1, 10, Denominator.REGISTERED, inclusive=True),  # 20
    recall_representatives=ONE_THIRD,
    handover_days=10,  # 25
    assembly_adults=over_half(Denominator.DUE),  # 27
    assembly_households=over_half(Denominator.HOUSEHOLDS),
    meeting_majority=over_half(Denominator.PRESENT),
    representatives_share=share("五分之四以上", 4, 5, Denominator.DUE, inclusive=True),  # 28
    meeting_quorum=TWO_THIRDS,  # 29
)
"""《城市居民委员会组织法》（2025）."""

ZHEJIANG = NATION_2018.model_copy(
    update={
        "committee_min": 5,  # 8
        "committee_max": 9,
        "committee_kin_withdraws": True,  # 9
        "committee_kin": StaffKin.SPOUSE_LINEAL_SIBLINGS,
        "outsider_work_counts": True,  # 13
        "candidate_list_days": 5,  # 18
        "nomination_quorum": over_half(Denominator.REGISTERED),
        "declining_days": 3,  # 19
        "self_nominated_days": 10,  # 20
        "venue_days": 5,  # 22
        "staff_kin": StaffKin.SPOUSE_LINEAL_SIBLINGS,
        "roving_box": RovingBox.DISPERSED,  # 24
        "roving_box_approval": True,
        "roving_box_users_published": True,
        "box_monitors_min": 3,
        "proxies_per_holder": 3,  # 25
        "proxy_candidate_holds": False,
        "proxy_notice_days": 3,
        "proxy_published_days": 1,
        "surplus_voids": SurplusVoids.POLL,  # 27
        "two_posts_void": True,
        "further_vote_days": 30,  # 29
        "vacant_from": 3,  # 30
        "acting_chair": Acting.CHOSEN,
        "vacant_after_further_vote": True,
        "members_kin": StaffKin.SPOUSE_LINEAL_SIBLINGS,  # 31
        "elected_list_days": 1,  # 32
        "recall_vote_days": 30,  # 35
        "by_election_representatives": TWO_THIRDS,  # 38
        "wrongful_win_bars": True,  # 41
    }
)
"""浙江省村民委员会选举办法（2020）."""

SHANGHAI = NATION_2018.model_copy(
    update={
        "members_kin": StaffKin.SPOUSE_LINEAL,  # 2
        "committee_min": 7,  # 7
        "committee_max": 9,
        "committee_withdraws": WithdrawsWhen.CONFIRMED,
        "related_admitted_by": Admission.ELECTION_COMMITTEE,  # 9
        "candidate_list_days": 5,  # 12
        "margin_min": 1,
        "margin_max": 1,
        "margin_max_members": 3,
        "staff_kin": StaffKin.SPOUSE_LINEAL,  # 14
        "roving_box": RovingBox.NONE,
        "proxies_per_holder": 3,  # 16
        "proxy_notice_days": 5,
        "proxy_published_days": 2,
        "surplus_voids": SurplusVoids.POLL,  # 19
        "further_vote_days": 30,  # 21
        "vacant_from": 3,
        "vacant_needs_vote": True,
        "acting_chair": Acting.MOST_VOTES,
        "seal_same_day": True,  # 24
        "recall_vote_days": 30,  # 27
        "by_election_months": 3,  # 29
    }
)
"""上海市村民委员会选举办法（2020）."""

BEIJING = NATION_2018.model_copy(
    update={
        "term_years": 3,  # 4
        "committee_min": 5,  # 9
        "committee_max": 9,
        "committee_reserves_first": True,  # 11
        "outsider_work_counts": True,  # 13
        "related_admitted_by": Admission.MEETING,
        "incapable_left_out": True,  # 14
        "nomination_quorum": over_half(Denominator.REGISTERED),  # 16
        "margin_min": 1,
        "margin_max": 2,
        "candidate_list_days": 5,  # 20
        "staff_kin": StaffKin.SPOUSE_LINEAL,  # 21
        "roving_box": RovingBox.IMPAIRED,  # 23
        "box_monitors_min": 3,
        "proxies_per_holder": 3,  # 25
        "proxy_candidate_holds": False,
        "proxy_notice_days": 1,
        "surplus_voids": SurplusVoids.POLL,  # 28
        "spoiled_counted": True,
        "further_vote_days": 15,  # 30
        "vacant_from": 4,
        "vacant_after_further_vote": True,
        "vacant_needs_chair": True,
        "vacant_needs_vote": True,
        "recall_vote_days": 30,  # 33
    }
)
"""北京市村民委员会选举办法（2012）."""

SILENT = Norms()
"""No law at all: nothing is asked."""
