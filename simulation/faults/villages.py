"""Faulty forms of a direct vote's preparation and poll: each wrong in exactly one thing, whatever the honest form says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, overload

from policies.counting import count
from policies.form import Ballots, BoxPapers, BoxPapersByKind, ResultForm
from policies.law.norms import ProxyHolder, RovingBox, SurplusVoids
from policies.pack.schema import Absolute, Condition, Pack
from policies.people import Kin, Kinship, birthday
from policies.rules.village.boxes import BoxReason
from policies.rules.village.mixing import MIXED
from policies.tally import TellerEntry
from policies.timetable.windows import every_voter
from policies.venue import Relation
from policies.venue import RovingBox as Box
from simulation.population.direct import merged, papers_only
from workflows.messages import (
    BoxesListed,
    Counted,
    Form,
    PollDayFixed,
    Posted,
    ProxiesListed,
    Registered,
    Slated,
    Staffed,
)

if TYPE_CHECKING:
    from simulation.actors.scene import Scene
    from simulation.population.district import SyntheticUnit

# ---------------------------------------------------------------- under which law, in which village


def with_outsiders(unit: SyntheticUnit) -> bool:
    """Whether the roll has an outsider's entry that can be falsified."""
    return unit.electorate is not None and unit.electorate.accepted > 0


def with_proxies(unit: SyntheticUnit) -> bool:
    """Whether four proxies can be put into one hand."""
    return unit.electorate is not None and len(unit.electorate.proxies) >= 4


def with_roving(unit: SyntheticUnit) -> bool:
    """Whether a roving box goes out."""
    return unit.electorate is not None and bool(unit.electorate.roving)


def needs_kin(pack: Pack) -> bool:
    """Whether a proxy's holder must be a near relative."""
    return pack.norms is not None and pack.norms.proxy_holder is ProxyHolder.NEAR_RELATIVE


def registers(pack: Pack) -> bool:
    """Whether voters are registered: unconditionally, or because every one of them votes."""
    condition = pack.step("residents.registration").condition
    return condition is Condition.ALWAYS or (condition is Condition.EVERY_VOTER and every_voter(pack))


def proxies_at_the_poll(pack: Pack) -> bool:
    """Whether the committee's poll lets voters away vote by proxy."""
    ballot = pack.step("residents.poll").ballot
    return ballot is not None and ballot.proxies_allowed is True


def no_proxies_at_the_poll(pack: Pack) -> bool:
    """The opposite."""
    return not proxies_at_the_poll(pack)


def has_cut_off(pack: Pack) -> bool:
    """Whether proxies must be given so many days before the poll."""
    return pack.norms is not None and bool(pack.norms.proxy_notice_days)


def bars_candidates(pack: Pack) -> bool:
    """Whether a candidate may hold no proxy."""
    return pack.norms is not None and pack.norms.proxy_candidate_holds is False


def lets_boxes_out(pack: Pack) -> bool:
    """Whether there are roving boxes, each with so many monitors."""
    return pack.norms is not None and pack.norms.roving_box is not RovingBox.NONE and bool(pack.norms.box_monitors_min)


def publishes_users(pack: Pack) -> bool:
    """Whether the users of a roving box are published."""
    return lets_boxes_out(pack) and pack.norms is not None and bool(pack.norms.roving_box_users_published)


def approves_boxes(pack: Pack) -> bool:
    """Whether the township approves every roving box."""
    return lets_boxes_out(pack) and pack.norms is not None and bool(pack.norms.roving_box_approval)


def has_no_boxes(pack: Pack) -> bool:
    """Whether the law knows no roving box."""
    return pack.norms is not None and pack.norms.roving_box is RovingBox.NONE


def enters_twice(pack: Pack) -> bool:
    """Whether two people enter every count of the poll."""
    ballots = [step.ballot for body in pack.bodies for step in body.steps if step.id == "residents.poll"]
    return any(ballot is not None and ballot.entered_twice for ballot in ballots)


def voids_the_box(pack: Pack) -> bool:
    """Whether a surplus in one box voids that box."""
    return pack.norms is not None and pack.norms.surplus_voids is SurplusVoids.BOX


# ---------------------------------------------------------------- the roll


def nineteen_days(scene: Scene, form: Form) -> Form:
    """A poll day so near that the voters' list can be up for nineteen days only."""
    assert isinstance(form, PollDayFixed)
    return form.model_copy(update={"poll_day": scene.day + timedelta(days=19)})


def _entry(form: Form, **changes: object) -> Form:
    """The first outsider's entry altered; the form unchanged where there is none."""
    assert isinstance(form, Registered)
    if not form.entries:
        return form
    first, *others = form.entries
    return form.model_copy(update={"entries": (first.model_copy(update=changes), *others)})


def on_two_rolls(scene: Scene, form: Form) -> Form:
    """Somebody on this roll stands on the next village's too."""
    return _entry(form, elsewhere=(f"{scene.unit.brief.street}-U999",))


def without_consent(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """An outsider whom neither the assembly nor the delegates have agreed to."""
    return _entry(form, agreed=False)


def eleven_months(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """An outsider who has lived here for eleven months."""
    return _entry(form, months_lived=11)


def unconfirmed(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A community worker from elsewhere whom the election committee has not confirmed."""
    return _entry(form, confirmed=False)


def worked_five_months(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A community worker from elsewhere who has worked here for five months."""
    return _entry(form, months_worked=5)


def dead(scene: Scene, form: Form) -> Form:
    """Somebody who died before the roll was closed."""
    return _entry(form, died=scene.day - timedelta(days=30))


def under_age(scene: Scene, form: Form) -> Form:
    """Somebody whose eighteenth birthday is the day after the poll."""
    window = scene.setting.steps["residents.poll"].window
    last = window.to if isinstance(window, Absolute) else None
    planned = (last or scene.day) + timedelta(days=scene.memory.shift)
    day = scene.memory.direct.poll_day or planned  # without a day of its own the plan's last one counts
    return _entry(form, born=birthday(day + timedelta(days=1), -18))


def posted_before_registered(scene: Scene, form: Form) -> Form:
    """The voters' list is dated the day before the roll was closed."""
    assert isinstance(form, Posted)
    return form.model_copy(update={"posted_on": scene.task.opens_on - timedelta(days=1)})


# ---------------------------------------------------------------- candidates, staff


def no_margin_for_the_chair(scene: Scene, form: Form) -> Form:
    """One candidate for the one seat of the chair."""
    assert isinstance(form, Slated)
    first = scene.task.contests[0] if scene.task.contests else None
    standing = [one for one in form.names if first is not None and one in first.people]
    names = tuple(one for one in form.names if one not in standing[1:])
    return form.model_copy(update={"names": names, "committed": names})


def candidate_on_the_staff(scene: Scene, form: Form) -> Form:
    """A candidate counts."""
    assert isinstance(form, Staffed)
    person = scene.memory.people[scene.body.listed[0]]
    first, *others = form.staff
    return form.model_copy(
        update={"staff": (first.model_copy(update={"person": person.id, "name": person.name}), *others)}
    )


def kin_on_the_staff(scene: Scene, form: Form) -> Form:
    """A candidate's parent counts: whichever circle of relatives the law draws."""
    assert isinstance(form, Staffed)
    first, *others = form.staff
    edge = Kinship(a=first.person, b=scene.body.listed[0], relation=Kin.PARENT)
    return form.model_copy(update={"kin": (*form.kin, edge), "staff": (first, *others)})


# ---------------------------------------------------------------- proxies


def fourth_proxy(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """Four voters have given their proxies to one near relative of theirs."""
    assert isinstance(form, ProxiesListed)
    if len(form.proxies) < 4:
        return form
    holder = form.proxies[0]
    edges = [Kinship(a=holder.holder, b=one.principal, relation=Kin.PARENT) for one in form.proxies[1:4]]

    hand = {"holder": holder.holder, "holder_name": holder.holder_name}
    given = [one.model_copy(update=hand) for one in form.proxies[1:4]]
    others = [one for one in form.proxies[4:] if one.holder != holder.holder]
    return form.model_copy(update={"proxies": (holder, *given, *others), "kin": (*form.kin, *edges)})


def candidate_holds(scene: Scene, form: Form) -> Form:
    """A candidate votes for a near relative who is away."""
    assert isinstance(form, ProxiesListed)
    if not form.proxies:
        return form
    person = scene.memory.people[(scene.body.listed or scene.body.fit())[0]]  # a community posts all who are fit
    edge = Kinship(a=person.id, b=form.proxies[0].principal, relation=Kin.SIBLING)
    return _first(form, edge, holder=person.id, holder_name=person.name)


def _first(form: ProxiesListed, *kin: Kinship, **changes: object) -> Form:
    if not form.proxies:
        return form
    first, *others = form.proxies
    proxies = (first.model_copy(update=changes), *others)
    return form.model_copy(update={"proxies": proxies, "kin": (*form.kin, *kin)})


def no_relative(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """The holder is no relative where the law wants one."""
    assert isinstance(form, ProxiesListed)
    if not form.proxies:
        return form
    kin = tuple(edge for edge in form.kin if edge.b != form.proxies[0].principal)
    changed = _first(form, relation=Relation.VILLAGER)
    return changed.model_copy(update={"kin": kin})


def late_notice(scene: Scene, form: Form) -> Form:
    """A proxy that comes the day after the last day for it, and is put on the list all the same."""
    assert isinstance(form, ProxiesListed)
    norms, day = scene.setting.pack.norms, scene.memory.direct.poll_day
    if norms is None or norms.proxy_notice_days is None or day is None:
        return form
    return _first(form, received_on=day - timedelta(days=norms.proxy_notice_days - 1))


def proxy_not_published(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """One vote more by proxy than proxies were published."""
    assert isinstance(form, Counted)
    return form.model_copy(update={"proxies": form.proxies + 1})


def by_word_of_mouth(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A proxy given by word of mouth."""
    assert isinstance(form, ProxiesListed)
    return _first(form, written=False)


# ---------------------------------------------------------------- roving boxes


def _box(form: Form, **changes: object) -> Form:
    assert isinstance(form, BoxesListed)
    if not form.boxes:
        return form
    first, *others = form.boxes
    return form.model_copy(update={"boxes": (first.model_copy(update=changes), *others)})


def two_monitors(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A roving box goes out with two monitors."""
    assert isinstance(form, BoxesListed)
    return _box(form, monitors=form.boxes[0].monitors[:2]) if form.boxes else form


def unapproved(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A roving box that the township has not approved."""
    return _box(form, approval="")


def box_where_there_is_none(scene: Scene, form: Form) -> Form:
    """A roving box under a law that knows none."""
    assert isinstance(form, BoxesListed)
    monitors = tuple(person for person, _ in scene.memory.direct.staff[:3])
    box = Box(
        id="流动票箱1", reason=BoxReason.IMPAIRED, users=(f"{scene.unit.id}-V900",), monitors=monitors, approval="自设"
    )
    return form.model_copy(update={"boxes": (box,)})


# ---------------------------------------------------------------- the poll


def _recounted(scene: Scene, form: Counted, boxes: Sequence[ResultForm | BoxPapers]) -> Counted:
    """The poll's form over other boxes: what was mixed and their sum follow, and officers who look away declare what it says."""
    mixed = form.mixed
    if mixed is not None:
        parts = [box for box in boxes if isinstance(box, BoxPapers)]
        mixed = _filled(mixed, sum(box.present for box in parts), sum(box.collected for box in parts))
    counts = [one for one in (*boxes, mixed) if isinstance(one, ResultForm)]
    whole = merged(counts, roll=scene.memory.direct.roll)
    return _handed_in(form, boxes, mixed, whole)


def _handed_in(
    form: Counted, boxes: Sequence[ResultForm | BoxPapers], mixed: ResultForm | None, whole: ResultForm
) -> Counted:
    opened = tuple(one.model_copy(update={"form": box}) for one, box in zip(form.boxes, boxes, strict=True))
    counts = [one.box for one in opened if isinstance(one.form, ResultForm)] + ([] if mixed is None else [MIXED])
    return form.model_copy(
        update={
            "form": whole,
            "boxes": opened,
            "mixed": mixed,
            "declared": count(whole).elected,
            "tellings": tuple(one.model_copy(update={"box": box}) for one in form.tellings[:1] for box in counts),
        },
    )


@overload
def _filled(box: ResultForm, present: int, collected: int) -> ResultForm: ...
@overload
def _filled(box: ResultForm | BoxPapers, present: int, collected: int) -> ResultForm | BoxPapers: ...
def _filled(box: ResultForm | BoxPapers, present: int, collected: int) -> ResultForm | BoxPapers:
    """The box or count with other numbers of voters and ballots; what is more than before is void."""
    if isinstance(box, BoxPapers):
        return BoxPapers(present=present, issued=max(box.issued, collected), collected=collected)
    papers = box.ballots or Ballots()
    found = papers.model_copy(
        update={
            "issued": max(papers.issued or 0, collected),
            "collected": collected,
            "invalid": (papers.invalid or 0) + collected - (papers.collected or 0),
        }
    )
    return box.model_copy(update={"present": present, "roll": max(box.roll or 0, present), "ballots": found})


def _opened(form: Counted) -> list[ResultForm | BoxPapers]:
    """The boxes of a rehearsal, where all posts share one ballot."""
    return [one.form for one in form.boxes if not isinstance(one.form, BoxPapersByKind)]


def _more_paper(box: ResultForm | BoxPapers) -> ResultForm | BoxPapers:
    """One ballot more collected than persons who voted at this box."""
    present = box.present or 0
    return _filled(box, present, present + 1)


def surplus_in_one_box(scene: Scene, form: Form) -> Form:
    """One ballot more than voters in the last box."""
    assert isinstance(form, Counted)
    *others, last = _opened(form)
    return _recounted(scene, form, [*others, _more_paper(last)])


def surplus_in_all(scene: Scene, form: Form) -> Form:
    """One ballot more than voters in every box and so in all; winners are declared all the same."""
    assert isinstance(form, Counted)
    faulty = _recounted(scene, form, [_more_paper(one) for one in _opened(form)])
    return faulty.model_copy(update={"declared": form.declared})


def entered_by_one(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """One person has entered the first count twice."""
    assert isinstance(form, Counted)
    return _first_telling(form, [form.tellings[0].entries[0]] * 2) if form.tellings else form


def entered_unlike(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """The second person has entered one vote fewer for the first name of the first count; it is handed in all the same."""
    assert isinstance(form, Counted)
    if not form.tellings:
        return form
    box = form.tellings[0].box
    sheet = form.mixed if box == MIXED else next(one.form for one in form.boxes if one.box == box)
    assert isinstance(sheet, ResultForm)
    name, *others = sheet.candidates
    other = sheet.model_copy(
        update={"candidates": (name.model_copy(update={"votes": abs((name.votes or 0) - 1)}), *others)}
    )
    first, second = form.tellings[0].entries
    return _first_telling(form, [first, second.model_copy(update={"form": other})])


def _first_telling(form: Counted, entries: Sequence[TellerEntry]) -> Counted:
    told = form.tellings[0].model_copy(update={"entries": tuple(entries)})
    return form.model_copy(update={"tellings": (told, *form.tellings[1:])})


def stranger_at_the_roving_box(scene: Scene, form: Form) -> Form:
    """One person more votes at the roving box than are listed for it."""
    assert isinstance(form, Counted)
    roving = scene.memory.direct.roving
    boxes = [
        _filled(opened, roving[one.box] + 1, roving[one.box] + 1)
        if one.box in roving and roving[one.box] == max(roving.values())
        else opened
        for one, opened in zip(form.boxes, _opened(form), strict=True)
    ]
    return _recounted(scene, form, boxes) if roving else form


def staged(
    scene: Scene, form: Counted, *, present: int, leading: Sequence[float] | None = None, invalid: int = 0
) -> ResultForm:
    """The poll's count with an attendance and clear winners.

    `leading`: each contest's last winner has so many of those present instead (a share), the next below nothing changes.
    """
    votes: dict[str, int] = {}
    for place, contest in enumerate(scene.task.contests):
        for rank, person in enumerate(contest.people):
            name = scene.memory.people[person].name
            votes[name] = 7 * present // 10 if rank < contest.seats else present // 5
            if leading is not None and place == 0 and rank < len(leading):
                votes[name] = int(leading[rank] * present)
    return form.form.model_copy(
        update={
            "present": present,
            "ballots": Ballots(issued=present, collected=present, valid=present - invalid, invalid=invalid, blank=0),
            "candidates": tuple(
                one.model_copy(update={"votes": votes.get(one.name, 0)}) for one in form.form.candidates
            ),
        }
    )


def _all_at_the_main_venue(form: Counted, whole: ResultForm, **changes: object) -> Counted:
    """Everybody votes at the main venue, nobody anywhere else; `changes` replace what is declared."""
    if len(form.boxes) == 1:
        boxes: list[ResultForm | BoxPapers] = [whole]
        mixed = None
    else:
        nobody = BoxPapers(present=0, issued=0, collected=0)
        boxes, mixed = [papers_only(whole), *[nobody for _ in form.boxes[1:]]], whole
    return _handed_in(form, boxes, mixed, whole).model_copy(update=changes)


def _winners(scene: Scene) -> tuple[str, ...]:
    """The first names of every contest, as many as there are seats."""
    return tuple(
        scene.memory.people[one].name for contest in scene.task.contests for one in contest.people[: contest.seats]
    )


def _good_house(scene: Scene) -> int:
    return 8 * scene.memory.direct.roll // 10


def exactly_half(scene: Scene, form: Form) -> Form:
    """Exactly half of those registered voted (of an odd number: the half below), and winners are declared."""
    assert isinstance(form, Counted)
    present = scene.memory.direct.roll // 2
    return _all_at_the_main_venue(form, staged(scene, form, present=present), declared=_winners(scene))


def smaller_roll(scene: Scene, form: Form) -> Form:
    """Half came; the roll is written down until that is more than half of it."""
    assert isinstance(form, Counted)
    present = scene.memory.direct.roll // 2
    faulty = _all_at_the_main_venue(form, staged(scene, form, present=present))
    sheet = faulty.form.model_copy(update={"roll": 2 * present - 1})
    return faulty.model_copy(update={"form": sheet, "declared": count(sheet).elected})


def half_of_the_valid(scene: Scene, form: Form) -> Form:
    """The chair is declared elected by more than half of the valid ballots, but not of those who voted."""
    assert isinstance(form, Counted)
    present = _good_house(scene)
    whole = staged(scene, form, present=present, leading=(0.48, 0.2), invalid=present // 10)
    return _all_at_the_main_venue(form, _capped(whole), declared=_winners(scene))


def _capped(whole: ResultForm) -> ResultForm:
    """Nobody has more votes than there are valid ballots."""
    most = (whole.ballots.valid if whole.ballots is not None else 0) or 0
    seen = tuple(one.model_copy(update={"votes": min(one.votes or 0, most)}) for one in whole.candidates)
    return whole.model_copy(update={"candidates": seen})


def tie_by_lot(scene: Scene, form: Form) -> Form:
    """Two are equal for the chair, and a lot decides between them."""
    assert isinstance(form, Counted)
    present, contest = _good_house(scene), scene.task.contests[-1]
    if len(contest.people) <= contest.seats:
        return form
    whole = staged(scene, form, present=present)
    equal = {scene.memory.people[one].name for one in contest.people[contest.seats - 1 : contest.seats + 1]}
    votes = 3 * present // 5 if contest.seats > 1 else present // 2
    level = tuple(one.model_copy(update={"votes": votes}) if one.name in equal else one for one in whole.candidates)
    whole = whole.model_copy(update={"candidates": level})
    return _all_at_the_main_venue(form, whole, declared=_winners(scene), by_lot=True)


def one_seat_short(scene: Scene, form: Form) -> Form:
    """An honest first vote in which nobody is elected chair, so that a further vote follows."""
    assert isinstance(form, Counted)
    return _all_at_the_main_venue(form, staged(scene, form, present=_good_house(scene), leading=(0.4, 0.35)))


def below_a_third(scene: Scene, form: Form) -> Form:
    """The further vote's winner is declared with less than a third of the ballots cast."""
    assert isinstance(form, Counted)
    present = _good_house(scene)
    whole = staged(scene, form, present=present, leading=(0.3, 0.25))
    return _all_at_the_main_venue(form, whole, declared=_winners(scene))
