"""What a plan must have so that the workflows can perform it: asked before anything begins, rehearsed or live."""

from policies.pack.schema import Act, Pack

ESSENTIAL = (
    "party.meeting",
    "party.reply",
    "party.recommendation",
    "party.slate",
    "party.publicity",
    "party.slate_approval",
    "party.assembly",
    "party.plenary",
    "party.result_approval",
    "residents.election_committee",
    "residents.representatives",
    "residents.nomination",
    "residents.list",
    "residents.poll",
    "residents.announcement",
    "supervisory.nomination",
    "supervisory.list",
    "supervisory.vote",
)
"""Steps without which no election can be run; a plan may leave out any other, and the workflows pass it by."""
ESSENTIAL_OF_WOMEN = ("women.nomination", "women.review", "women.poll")
"""The same for the women's federation, whose plan has no others."""


def without_ballot(pack: Pack) -> list[str]:
    """The polls, by step id, that do not say how they are voted."""
    steps = [step for body in pack.as_executed().bodies for step in body.steps]
    return [step.id for step in steps if step.act is Act.POLL and not step.ballot]


def unperformable(pack: Pack) -> list[str]:
    """Why the workflows cannot perform a plan, in Chinese; empty where they can.

    A step is missing that no election can do without, candidates pass through no review at all (R3, X2, X3), or a poll does not say
    how it is voted.
    """
    bodies = pack.as_executed().bodies
    steps = {step.id for body in bodies for step in body.steps}
    needed = ESSENTIAL_OF_WOMEN if pack.kind == "women" else ESSENTIAL
    problems = [f"方案缺少步骤 {step}，没有这一步无法换届" for step in needed if step not in steps]
    problems += [f"步骤 {step} 没有写投票办法（ballot）" for step in without_ballot(pack)]
    for body in bodies:
        polls = [step for step in body.steps if step.act is Act.POLL]
        if polls and not any(step.act is Act.REVIEW for step in body.steps):
            problems.append(f"“{body.title}”没有任何一级审查：候选人未经审查不能列入名单")
    return problems
