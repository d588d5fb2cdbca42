"""The honest forms that are one paper: something recorded, ruled, posted, announced, handed over, signed off."""

from policies.closing.handover import Entry, HandoverSignature, Part, Signer
from policies.grievance import Effect
from policies.rules.party import TERM_YEARS
from simulation.actors.scene import Scene
from workflows.messages import Announced, HandedOver, Posted, Recorded, Requested, Ruled, SignedOff

GRAVE = "G"
"""The mark in the number of a complaint that is found true and touches the step itself."""
ITEMS = ("公章", "公共财产", "财务账目", "档案资料")
"""What the plan has the old committee pass on (三（二）2（6）)."""
INVENTORY = tuple(
    Entry(part=part, name=name, quantity=quantity, unit=unit)
    for part, name, quantity, unit in (
        (Part.SEAL, "印章", 2, "枚"),
        (Part.PROPERTY, "办公桌椅", 12, "套"),
        (Part.ACCOUNTS, "本届账簿", 5, "册"),
        (Part.FILES, "选举档案", 3, "盒"),
    )
)


def record(scene: Scene) -> Recorded:
    """Done, and written down."""
    return Recorded(held_on=scene.day, document=scene.number("记"))


def rectification(scene: Scene) -> Recorded:
    """An inspection: accepted from the day on which the rectification really is complete."""
    accepted = scene.unit.rectified_on
    complete = accepted is not None and scene.day >= accepted
    return Recorded(held_on=scene.day, complete=complete, document=scene.number("验收"))


def request(scene: Scene) -> Requested:
    """The sitting committee's request, with the figures of its own roll; it was elected a full term ago."""
    brief, pack = scene.unit.brief, scene.setting.pack
    return Requested(
        held_on=scene.day,
        last_elected=pack.completed_by.replace(year=pack.completed_by.year - TERM_YEARS),
        full_members=brief.party_members,
        excused=brief.party_members - brief.party_due,
        superior_consents=True,
        meeting_agreed=True,
    )


def approve(scene: Scene) -> Ruled:
    """Approved, with the document's number."""
    return Ruled(approved=True, document=scene.number("批"), signed_on=scene.day)


def post(scene: Scene) -> Posted:
    """Put up today, with exactly the names decided on."""
    return Posted(posted_on=scene.day, place=f"{scene.unit.brief.name}公开栏", names=scene.task.people)


def announce(scene: Scene) -> Announced:
    """Those elected, as the task names them."""
    return Announced(announced_on=scene.day, names=scene.task.people)


def hand_over(scene: Scene) -> HandedOver:
    """Everything on the plan's list, under the street's eyes."""
    form = HandedOver(completed_on=scene.day, items=ITEMS, supervised_by=f"街道办事处（{scene.unit.brief.street}）")
    if scene.step is None or not scene.step.signed_by_three:
        return form
    names = {signer: f"{scene.unit.brief.name}{signer.label}" for signer in Signer}
    signatures = tuple(
        HandoverSignature(signer=signer, name=name, signed_on=scene.day) for signer, name in names.items()
    )
    return form.model_copy(update={"inventory": INVENTORY, "signatures": signatures})


def sign_off(scene: Scene) -> SignedOff:
    """A complaint or an appeal answered: who handled it and who answers for it sign separately."""
    office, events = scene.office(scene.task.role), scene.parameters.events
    effect = Effect.NONE
    appeal = scene.task.gate.startswith("appeal:")
    if appeal:  # a standard can be measured: only what departments reported can turn out differently
        barred, out = scene.unit.barred, scene.body.out
        retractable = all(one in barred and barred[one].evidence == out.get(one) for one in scene.task.people)
        upheld = events.appeal_upheld.happens(scene.rng) and retractable
    elif scene.task.gate.endswith(f"-{GRAVE}"):
        upheld, effect = True, scene.rng.choice((Effect.BLOCK, Effect.VOID))
    else:
        upheld = events.complaint_upheld.happens(scene.rng)
    return SignedOff(
        upheld=upheld,
        decided_on=scene.day,
        handler=f"{office}承办人",
        head=f"{office}负责人",
        reason="情况属实，予以纠正" if upheld else "经查核，反映的情况不成立",
        effect=effect,
    )
