"""Which honest form answers which task: by step where a step is special, else by the kind of act the pack says it is."""

from collections.abc import Callable

from policies.pack.schema import Act, BodyId
from simulation.actors import directvote, papers, people, polls, preparation, term, vacancy, village
from simulation.actors.scene import Scene, is_voters_list
from workflows.messages import Form

Page = Callable[[Scene], Form]

BY_STEP: dict[str, Page] = {"prep.rectification": papers.rectification, "party.meeting": papers.request}

BY_ACT: dict[Act, Page] = {
    Act.RECORD: papers.record,
    Act.MEETING: papers.record,
    Act.REQUEST: papers.record,
    Act.FILING: papers.record,
    Act.APPROVAL: papers.approve,
    Act.NOMINATION: people.nominate,
    Act.REVIEW: people.review,
    Act.SLATE: people.slate,
    Act.PUBLICITY: papers.post,
    Act.COMMITTEE: people.election_committee,
    Act.REPRESENTATIVES: people.representatives,
    Act.POLL: polls.poll,
    Act.ANNOUNCEMENT: papers.announce,
    Act.HANDOVER: papers.hand_over,
    Act.PETITION: term.petition,
    Act.RECALL: term.vote,
    **preparation.PAGES,
}


ROLL: dict[Act, Page] = {
    Act.REGISTRATION: village.register,
    Act.CORRECTION: village.correct,
    Act.PROXIES: village.proxies,
}
"""What every plan asks whose registered voters vote, or are published with those who do."""

VILLAGE: dict[Act, Page] = ROLL | {
    Act.POLL_DAY: village.poll_day,
    Act.REPRESENTATIVES: village.representatives,
    Act.NOMINATION: village.nominate,
    Act.SLATE: village.candidates,
    Act.STATIONS: village.stations,
    Act.STAFF: village.staff,
    Act.ROVING_BOXES: village.boxes,
    Act.BALLOT_RULES: village.ballot_rules,
    Act.POLL: directvote.poll,
    Act.ACTING: village.name_who_acts,
    Act.HANDOVER: village.seal_and_hand_over,
}
"""What a direct vote asks otherwise, or beyond."""

VACANCY: dict[Act, Page] = {Act.POLL_DAY: vacancy.poll_day, Act.NOMINATION: vacancy.nominate}
"""What every by-election asks otherwise."""

_OBJECTION = "objection:"


def is_objection(gate: str) -> bool:
    """Whether a gate decides an objection to the list of voters."""
    return gate.startswith(_OBJECTION)


def is_sideline(gate: str) -> bool:
    """Whether a gate answers a complaint or an appeal rather than a step of the plan."""
    return ":" in gate


def page(scene: Scene) -> Page:
    """The page of the playbook that answers this scene; a county's extra gate is approved, a supervised link signed."""
    if is_objection(scene.task.gate):
        return village.answer_objection
    if is_sideline(scene.task.gate):
        corrects = scene.task.gate.startswith("complaint:") and scene.task.round > 1
        return papers.record if corrects else papers.sign_off
    if scene.step is None:
        return extra
    if is_voters_list(scene):
        return village.post_voters
    pages = VILLAGE if scene.is_direct else ROLL
    own = (pages | VACANCY if scene.body_name == BodyId.BY_ELECTION else pages).get(scene.step.act)
    if own is not None:
        return own
    return BY_STEP.get(scene.step.id) or BY_ACT[scene.step.act]


def extra(scene: Scene) -> Form:
    """A county's extra gate: signed by everybody named, or simply approved."""
    return preparation.link(scene) or papers.approve(scene)


def honest(scene: Scene) -> Form:
    """What an honest, careful person hands in."""
    return page(scene)(scene)
