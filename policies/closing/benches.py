"""Whom the closing statistics count together (班子、职务), and the ages and education they count by."""

from policies.people import Education, Labelled, Post

YOUNG = 35
"""“35岁以下”, the number itself included (民法典 第1259条: 以下 includes it); full years."""
HIGH = tuple(one for one in Education if one.reaches(Education.COLLEGE))
"""“大专及以上学历”."""


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


_OFFICERS = {
    Bench.SECRETARY: (Post.SECRETARY,),
    Bench.DEPUTY_SECRETARY: (Post.DEPUTY_SECRETARY,),
    Bench.CHAIR: (Post.CHAIR,),
    Bench.DEPUTY_CHAIR: (Post.DEPUTY_CHAIR,),
    Bench.COMMITTEE_MEMBER: (Post.COMMITTEE_MEMBER,),
    Bench.SUPERVISORY_CHAIR: (Post.SUPERVISORY_CHAIR,),
    Bench.SUPERVISORY_MEMBER: (Post.SUPERVISORY_MEMBER,),
}
_PARTY = tuple(post for post in Post if post.in_party and post is not Post.PART_TIME_MEMBER)  # P4: not of the bench
_COMMITTEE = tuple(post for post in Post if post.in_committee)
_SUPERVISORY = tuple(post for post in Post if post.in_supervisory)

POSTS: dict[Bench, tuple[Post, ...]] = {
    Bench.TWO_COMMITTEES: (*_PARTY, *_COMMITTEE),
    Bench.LEADERS: (Post.SECRETARY, Post.CHAIR),
    Bench.PARTY: _PARTY,
    Bench.PARTY_MEMBER: tuple(one for one in _PARTY if one not in (Post.SECRETARY, Post.DEPUTY_SECRETARY)),
    Bench.COMMITTEE: _COMMITTEE,
    Bench.SUPERVISORY: _SUPERVISORY,
    **_OFFICERS,
}
"""The posts of each bench."""
