"""V1, V8 by post: each nominee stands for a post that is elected, the seat reserved for women goes to a woman."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.finding import Finding
from policies.people import Person, Post, Sex
from policies.rule import Rule
from policies.rules.polls import V1, V25_18

RESERVED = "浙江省办法第二十一条：“选票应当单列妇女委员职位”"


@dataclass(frozen=True)
class Standing:
    """Somebody put forward for a post."""

    person: Person
    post: Post


def posts_contested(
    nominees: Iterable[Standing], seats: Mapping[Post, int], *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """V8: everybody is nominated for a post that has a seat in this election."""
    open_ = [post for post, n in seats.items() if n]
    posts = "、".join(post.label for post in open_)
    return [
        rule.finding(
            f"{one.person.name} 被提名为{one.post.label}，本次只选{posts}；请更正职务（{rule.id}）。",
            value=one.post.label,
            limit=posts,
            remedy="按应选职务提名",
            step=step,
        )
        for one in nominees
        if one.post not in open_
    ]


def womens_seat(nominees: Iterable[Standing], *, rule: Rule = V1, step: str | None = None) -> list[Finding]:
    """V1: only women stand for the seat set apart for a woman."""
    return [
        rule.finding(
            f"{one.person.name} 不是妇女，不得提名为{one.post.label}；妇女委员职位只提名妇女（{rule.id}）。",
            value=one.person.name,
            limit="妇女",
            remedy="改提妇女，或改为其他职务",
            source=RESERVED,
            step=step,
        )
        for one in nominees
        if one.post is Post.WOMEN_MEMBER and one.person.sex is not Sex.FEMALE
    ]
