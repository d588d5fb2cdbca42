"""V15, V16 box by box: no more ballots than voters in any box or in all, and one ballot's marks."""

from collections.abc import Collection, Mapping, Sequence

from policies.finding import Finding, Severity
from policies.form.contradictions import of_kind
from policies.form.values import ONE_BALLOT, BoxPapers, Mixed, ResultForm, papers
from policies.law.norms import Norms, SurplusVoids
from policies.people import Post
from policies.rule import Rule
from policies.rules.polls import V15, V16

Opened = ResultForm | Mixed
"""A box as opened: counted by itself, or its papers only where its ballots are mixed with others (`mixing`)."""


def void_boxes(boxes: Mapping[str, Opened], norms: Norms) -> tuple[str, ...]:
    """V15: the boxes whose ballots do not count: each with a surplus of its own, or all of them, as the province has it."""
    if norms.surplus_voids is SurplusVoids.BOX:
        return tuple(name for name, form in boxes.items() if _surplus(form) > 0)
    if norms.surplus_voids is SurplusVoids.POLL and _total_surplus(boxes) > 0:
        return tuple(boxes)
    return ()


def surplus(
    boxes: Mapping[str, Opened],
    norms: Norms,
    *,
    only: Collection[str] | None = None,
    rule: Rule = V15,
    step: str | None = None,
) -> list[Finding]:
    """V15: more ballots collected than persons voted, box by box and in all.

    What the province voids is an error; a surplus in one box that it does not void is a warning, since some other box
    must then be short. Where the norms do not say which, the total binds. Unstated figures make no surplus. Where posts
    are voted on apart, each kind of ballot is looked at by itself; `only` names the kinds to look at.
    """
    kinds = list(dict.fromkeys(part.kind for form in boxes.values() for part in form.parts()))
    return [
        finding if kind == ONE_BALLOT else of_kind(kind, finding)
        for kind in kinds
        if only is None or kind in only
        for finding in _surplus_of({name: _part(form, kind) for name, form in boxes.items()}, norms, rule, step)
    ]


def _part(form: Opened, kind: str) -> Opened:
    """What a box says of one kind of ballot; a box without that kind says nothing of it."""
    if isinstance(form, Mixed):
        sheets = {one.kind: one for one in form.parts()}.get(kind)
        return BoxPapers(
            present=form.present,
            issued=0 if sheets is None else sheets.issued,
            collected=0 if sheets is None else sheets.collected,
        )
    nothing = form.model_copy(update={"ballots": None, "kinds": (), "candidates": ()})
    return {part.kind: part.form for part in form.parts()}.get(kind, nothing)


def _surplus_of(boxes: Mapping[str, Opened], norms: Norms, rule: Rule, step: str | None) -> list[Finding]:
    found = []
    for name, form in boxes.items():
        extra = _surplus(form)
        if extra > 0:
            voids = norms.surplus_voids is SurplusVoids.BOX
            end = "该票箱的选票无效" if voids else "请查明原因并核对全部票箱"
            message = f"{name} 收回选票 {collected(form)} 张，多于投票人数 {form.present}，多出 {extra} 张；{end}（{rule.id}）。"
            found.append(
                rule.finding(
                    message,
                    value=collected(form),
                    limit=form.present,
                    severity=Severity.ERROR if voids else Severity.WARNING,
                    remedy="封存该箱选票，该箱重新投票" if voids else "查明原因",
                    step=step,
                )
            )
    if norms.surplus_voids is not SurplusVoids.BOX and (extra := _total_surplus(boxes)) > 0:
        total = sum(collected(form) for form in boxes.values())
        message = (
            f"各票箱共收回选票 {total} 张，多于投票人数 {total - extra}，多出 {extra} 张，本次选举无效（{rule.id}）。"
        )
        found.append(rule.finding(message, value=total, limit=total - extra, step=step))
    return found


def ballot_valid(
    marks: Mapping[Post, Sequence[str]],
    seats: Mapping[Post, int],
    norms: Norms,
    *,
    rule: Rule = V16,
    step: str | None = None,
) -> list[Finding]:
    """V16: one ballot, nobody's name on it: no more marks than seats for a post, nobody marked for two posts where that voids it.

    A blank ballot has no findings: it abstains.
    """
    found = []
    for post, names in marks.items():
        if len(names) > (open_ := seats.get(post, 0)):
            message = f"一张选票在{post.label}上选了 {len(names)} 人，多于应选名额 {open_} 名，该票无效（{rule.id}）。"
            found.append(
                rule.finding(message, value=len(names), limit=open_, remedy="该票无效，计入收回票数", step=step)
            )
    names = [name for many in marks.values() for name in dict.fromkeys(many)]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice and norms.two_posts_void:
        message = f"一张选票选 {'、'.join(twice)} 担任两项以上职务，该票无效（{rule.id}）。"
        found.append(rule.finding(message, value="、".join(twice), limit=1, remedy="该票无效，计入收回票数", step=step))
    return found


def collected(form: Opened) -> int:
    """The most sheets of one kind of ballot that came out of a box; what is not stated is the least it can be."""
    if isinstance(form, Mixed):
        return max(part.collected for part in form.parts())
    return max(papers(part.form).collected_least for part in form.parts())


def _surplus(form: Opened) -> int:
    return 0 if form.present is None else collected(form) - form.present


def _total_surplus(boxes: Mapping[str, Opened]) -> int:
    """Ballots over voters in all; 0 where some box does not say how many voted."""
    forms = boxes.values()
    if any(form.present is None for form in forms):
        return 0
    return sum(collected(form) for form in forms) - sum(form.present or 0 for form in forms)
