"""Whom the closing statistics count together (班子、职务), and the ages and education they count by."""

from policies.people import Body, Education, Labelled, Post

YOUNG = 35
"""“35岁以下”, the number itself included (民法典 第1259条: 以下 includes it); full years."""
HIGH = tuple(one for one in Education if one.reaches(Education.COLLEGE))
"""“大专及以上学历”."""
FEDERATION_YOUNG = 45
"""“45岁以下的”, of the federation's chairs (篇三一); full years, the number itself included."""
FEDERATION_SCHOOLED = tuple(one for one in Education if one.reaches(Education.SENIOR))
"""“高中以上文化” (篇三一)."""


class Bench(Labelled):
    """A group of posts. A person with several posts of a group is one person of it."""

    TWO_COMMITTEES = "two_committees", "“两委”成员"
    LEADERS = "leaders", "书记、主任"
    PARTY = "party", "党组织班子"
    SECRETARY = "secretary", "党组织书记"
    DEPUTY_SECRETARY = "deputy_secretary", "党组织副书记"
    PARTY_MEMBER = "party_member", "党组织委员"
    COMMITTEE = "committee", "村（居）民委员会班子"
    CHAIR = "chair", "村（居）民委员会主任"
    DEPUTY_CHAIR = "deputy_chair", "村（居）民委员会副主任"
    COMMITTEE_MEMBER = "committee_member", "村（居）民委员会委员"
    SUPERVISORY = "supervisory", "监督委员会"
    SUPERVISORY_CHAIR = "supervisory_chair", "监督委员会主任"
    SUPERVISORY_MEMBER = "supervisory_member", "监督委员会委员"
    FEDERATION = "federation", "妇联组织班子"
    FEDERATION_CHAIR = "federation_chair", "妇代会主任（妇联主席）"
    FEDERATION_MEMBER = "federation_member", "妇代会（妇联）委员"


Seats = tuple[tuple[Body, Post], ...]

_PARTY: Seats = tuple((Body.PARTY, post) for post in Post if post is not Post.PART_TIME_MEMBER)  # P4: not of the bench
_COMMITTEE: Seats = tuple((body, post) for body in (Body.RESIDENTS, Body.VILLAGE) for post in Post)
_SUPERVISORY: Seats = tuple((Body.SUPERVISORY, post) for post in Post)
_FEDERATION: Seats = tuple((Body.WOMEN, post) for post in Post)
_HEADS = (Post.CHAIR, Post.SUPERVISORY_CHAIR)


def _only(seats: Seats, *posts: Post) -> Seats:
    return tuple(seat for seat in seats if seat[1] in posts)


def _but(seats: Seats, *posts: Post) -> Seats:
    return tuple(seat for seat in seats if seat[1] not in posts)


SEATS: dict[Bench, Seats] = {
    Bench.TWO_COMMITTEES: (*_PARTY, *_COMMITTEE),
    Bench.LEADERS: (*_only(_PARTY, Post.SECRETARY), *_only(_COMMITTEE, Post.CHAIR)),
    Bench.PARTY: _PARTY,
    Bench.SECRETARY: _only(_PARTY, Post.SECRETARY),
    Bench.DEPUTY_SECRETARY: _only(_PARTY, Post.DEPUTY_SECRETARY),
    Bench.PARTY_MEMBER: _but(_PARTY, Post.SECRETARY, Post.DEPUTY_SECRETARY),
    Bench.COMMITTEE: _COMMITTEE,
    Bench.CHAIR: _only(_COMMITTEE, Post.CHAIR),
    Bench.DEPUTY_CHAIR: _only(_COMMITTEE, Post.DEPUTY_CHAIR),
    Bench.COMMITTEE_MEMBER: _but(_COMMITTEE, Post.CHAIR, Post.DEPUTY_CHAIR),
    Bench.SUPERVISORY: _SUPERVISORY,
    Bench.SUPERVISORY_CHAIR: _only(_SUPERVISORY, *_HEADS),
    Bench.SUPERVISORY_MEMBER: _but(_SUPERVISORY, *_HEADS),
    Bench.FEDERATION: _FEDERATION,
    Bench.FEDERATION_CHAIR: _only(_FEDERATION, Post.FEDERATION_CHAIR),
    Bench.FEDERATION_MEMBER: _but(_FEDERATION, Post.FEDERATION_CHAIR),
}
"""The seats of each bench. The body decides where somebody sits; a post that is no officer's there is a plain member's."""


def in_two_committees(post: Post) -> bool:
    """Whether a post is one of the two committees' (“两委”): the Party organization's bench, or the village's or residents' committee."""
    return post.in_committee or (post.in_party and post is not Post.PART_TIME_MEMBER)
