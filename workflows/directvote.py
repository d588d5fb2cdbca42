"""A committee elected by its voters directly, post by post: candidates, venue, poll box by box, run-off, relatives, vacant seats.

The arithmetic is `policies.counting`'s, the law's numbers are the norms'; here is only what follows what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from policies.counting import Verdict, count
from policies.finding import Finding
from policies.kinship import KinGraph
from policies.lifecycles import BodyState, BodyTrigger, CandidateState, CandidateTrigger
from policies.people import Person, Post
from policies.rule import Law, Rule
from policies.rules.polls import V8, V10, V19, V25_18
from policies.rules.village import relatives, results, wrongful
from policies.rules.village.handover import V23, handover_due
from policies.rules.village.kin import relative
from policies.rules.village.lists import V9
from workflows import directchecks, electiontime
from workflows.acts import FURTHER_VOTES
from workflows.chairvacancy import ChairVacancy
from workflows.electioncommittee import ElectionCommittee
from workflows.facts import Contest, KinDisplaced, PollFailed, PollSettled, Published
from workflows.messages import (
    Announced,
    BallotRulesSet,
    BoxesListed,
    Chosen,
    Counted,
    Delegated,
    HandedOver,
    Nominated,
    Nominee,
    Posted,
    Slated,
    Staffed,
    StationsSet,
    VillageFigures,
    Winner,
)
from workflows.register import Candidate

RANKS = (Post.CHAIR, Post.DEPUTY_CHAIR, Post.WOMEN_MEMBER, Post.COMMITTEE_MEMBER)
"""The posts of the committee as a ballot has them, the higher first."""
POSTS = {post.label: post for post in RANKS}
WRITTEN_IN = "written_in"


def seats_by_post(seats: int, figures: VillageFigures) -> dict[Post, int]:
    """The posts of a committee of so many: one chair, the deputies, the women's seats, the rest members."""
    of_posts = (1, figures.deputies, figures.women, seats - 1 - figures.deputies - figures.women)
    return {post: n for post, n in zip(RANKS, of_posts, strict=True) if n > 0}


@dataclass
class Race:
    """The seats of one post still open, and who stands for them."""

    post: Post
    seats: int
    people: list[Candidate] = field(default_factory=list)


class DirectVote(ChairVacancy):
    """An election by every registered voter, by post."""

    runoff_step = ""  # the pack's step of the further vote

    def contests(self, figures: VillageFigures) -> None:
        """Set up the seats by post: one chair, the deputies, the women's seats, the rest members."""
        self.figures = figures
        self.seats_by_post = seats_by_post(self.seats, figures)
        self.open_by_post = dict(self.seats_by_post)
        self.nominating = V25_18 if self.pack.law is Law.OF_2025 else V8  # the clause on nominees and candidates
        self.stations: tuple[str, ...] = ()
        self.boxes: tuple[BoxesListed, ...] = ()
        self.list_step = ""  # the posting of the final list
        self.first_poll: date | None = None  # the day of the first valid vote, from which the run-off's window counts
        self.passed: list[relatives.Winner] = []  # votes enough, no seat: who moves up, by votes

    # ------------------------------------------------------------ the election committee, the representatives

    async def choose_committee(self, step_id: str) -> ElectionCommittee:
        """The election committee, of the size the law and the plan give (V2)."""
        rules = self.pack.body(self.body).committee
        chosen = await self.gate(
            step_id,
            Chosen,
            check=lambda form: directchecks.election_committee(form, rules, self.norms, self.seated, step_id),
        )
        self.issue(self.step(step_id), names=tuple(member.name for member in chosen.members))
        return ElectionCommittee(chosen)

    async def delegate(self, step_id: str) -> None:
        """Villagers' representatives and group leaders; women have their share (V26)."""
        delegated = await self.gate(
            step_id, Delegated, check=lambda form: directchecks.representatives(form, self.unit, self.norms, step_id)
        )
        self.representatives = delegated.total
        self.issue(self.step(step_id))

    def sitting(self) -> tuple[str, ...]:
        """Who sits on the election committee now."""
        return tuple(self.committee.members)

    # ------------------------------------------------------------ candidates by post

    async def nominate_by_post(self, step_id: str) -> None:
        """Nominations for each post close; members nominated, or with a near relative nominated, leave the committee (V3)."""
        step = self.step(step_id)
        self.listed = False
        self.moves(BodyTrigger.NOMINATE if self.track.state is BodyState.OPEN else BodyTrigger.RENOMINATE)
        nominated = await self.gate(
            step_id,
            Nominated,
            check=lambda form: directchecks.nominated(
                form, step, self.seats_by_post, self.norms, len(self.register.standing()), self.nominating
            ),
            contests=self._contests([Race(post, n) for post, n in self.seats_by_post.items()]),
        )
        self.register.enter(nominated.nominees, nominated.kin)
        standing = [candidate.person.id for candidate in self.register.fit()]
        self.note(*self.committee.step_out_for(standing, self._graph(), self.norms))
        self.issue(step)

    async def post_preliminary(self, step_id: str) -> None:
        """The preliminary candidates are made known as nominated."""
        names = tuple(candidate.person.id for candidate in self.register.standing())
        await self.publish(step_id, names, V9)

    def too_few_for_a_post(self) -> bool:
        """Whether some post has fewer nominees than its seats and its margin ask for."""
        return any(
            sum(candidate.post is post for candidate in self.fit()) < n + (self.norms.margin_min or 0)
            for post, n in self.seats_by_post.items()
        )

    def enough_for_a_poll(self) -> bool:
        """Whether the list has enough candidates for each post left."""
        return all(
            sum(candidate.post is post for candidate in self.register.on_the_list()) >= n + (self.norms.margin_min or 0)
            for post, n in self.open_by_post.items()
            if n
        )

    async def determine(self, step_id: str) -> tuple[str, ...]:
        """The final candidates of each post, more than its seats, all committed (V8)."""
        await self.until(lambda: self.opens(step_id), f"「{self.step(step_id).title}」窗口开启")
        await self.review(*self.levels)
        self.listed = True
        fit = self.fit()
        races = [Race(post, n, [one for one in fit if one.post is post]) for post, n in self.seats_by_post.items()]
        slated = await self.gate(
            step_id,
            Slated,
            people=tuple(candidate.person.id for candidate in fit),
            check=lambda form: directchecks.slate(
                form,
                self.fit(),
                self.seats_by_post,
                self.colleagues(),
                self._graph(),
                self.norms,
                self.nominating,
                step_id,
            ),
            contests=self._contests(races),
        )
        self.issue(self.step(step_id), names=self.names(slated.names))
        return self.put_on_the_list(slated.names)

    async def post_candidates(self, step_id: str, names: tuple[str, ...]) -> None:
        """The final list goes up, early enough before the poll (V9); a complaint upheld means a corrected posting."""
        again = self.track.state is BodyState.PUBLICISED
        self.moves(BodyTrigger.REPUBLICISE if again else BodyTrigger.PUBLICISE)
        step, self.list_step = self.step(step_id), step_id
        posted = await self.gate(
            step_id,
            Posted,
            people=names,
            check=lambda form: directchecks.posted_list(form, names, step.title, self.poll_day(), self.norms, step_id),
        )
        days, unit = self.setting.publicity(step_id)
        last_day = posted.posted_on + timedelta(days=days)
        self.note(
            Published(gate=self.key(step_id), posted_on=posted.posted_on, last_day=last_day, days=days, unit=unit)
        )
        self.issue(step, names=self.names(names), until=last_day)

    async def list_stands(self, list_step: str) -> bool:
        """Watch the list while there is still time to make it anew (V9): False as soon as too few are left on it.

        A complaint upheld means a corrected posting; who steps back after the last day is no longer replaced before the poll.
        """
        why = f"「{self.step(list_step).title}」受理举报和退出"
        self.waiting = why
        if self.held or electiontime.today() < self._last_correction():
            await self.commit()
        while self.held or (electiontime.today() < self._last_correction() and self._undisturbed(list_step)):
            moved = self.moved
            delay = None if self.held else max(electiontime.until(self._last_correction()), timedelta(milliseconds=1))
            await self._sleep(
                lambda seen=moved: self.moved != seen or (not self.held and not self._undisturbed(list_step)),  # type: ignore[misc]
                delay,
                why,
            )
        await self._corrected(list_step)
        return self.enough_for_a_poll()

    def _last_correction(self) -> date:
        """The last day but one on which a list can be posted in time for the poll day."""
        return self.poll_day() - timedelta(days=(self.norms.candidate_list_days or 0) + 1)

    def _undisturbed(self, list_step: str) -> bool:
        return self.enough_for_a_poll() and list_step not in self.upheld

    async def _corrected(self, list_step: str) -> None:
        await self.settled(list_step)
        while list_step in self.upheld:
            self.upheld.discard(list_step)
            names = tuple(candidate.person.id for candidate in self.register.on_the_list())
            await self.post_candidates(list_step, names)
            await self.settled(list_step)

    async def meet_voters(self, step_id: str) -> None:
        """The candidates meet the voters before the poll day."""
        await self.record(
            step_id, check=lambda form: directchecks.met(form, self.poll_day(), self.norms, self.nominating, step_id)
        )

    # ------------------------------------------------------------ the venue

    async def set_stations(self, step_id: str) -> None:
        """Time, place and stations, each with a secret place to write (V10)."""
        set_ = await self.gate(
            step_id,
            StationsSet,
            check=lambda form: directchecks.stations(form, self.poll_day(), self.norms, step_id),
        )
        self.stations = tuple(station.id for station in set_.stations)
        self.issue(self.step(step_id))

    async def appoint_staff(self, step_id: str) -> None:
        """Who monitors, counts, calls, issues and writes: no candidate, none of their relatives (V13)."""
        listed = self.register.on_the_list()
        staffed = await self.gate(
            step_id,
            Staffed,
            check=lambda form: directchecks.staffed(form, listed, self.register.kin, self.norms, step_id),
        )
        self.register.enter((), staffed.kin)
        self.register.others |= {one.person: one.name for one in staffed.staff}
        self.issue(self.step(step_id), names=tuple(one.name for one in staffed.staff))

    async def list_boxes(self, step_id: str) -> None:
        """Roving boxes with their users and monitors (V12); none where the plan has no such step."""
        if not self.applies(step_id):
            return
        candidates = self.register.on_the_list()
        listed = await self.gate(
            step_id,
            BoxesListed,
            check=lambda form: directchecks.boxes_listed(
                form, self.poll_day(), candidates, self.register.kin, self.register.others, self.norms, step_id
            ),
        )
        self.boxes = (listed,)
        self.issue(self.step(step_id))

    async def publish_ballot_rules(self, step_id: str) -> None:
        """Which ballots will not count (V16)."""
        if not self.applies(step_id):
            return
        await self.gate(
            step_id, BallotRulesSet, check=lambda form: directchecks.ballot_rules(form, self.norms, step_id)
        )
        self.issue(self.step(step_id))

    # ------------------------------------------------------------ the poll

    async def poll(self, step_id: str) -> bool:
        """The poll on the list last posted."""
        return await self.vote(step_id, self.list_step)

    def _vote_anew(self) -> None:
        """As everywhere; and nobody is written in yet, every post is open."""
        super()._vote_anew()
        for person, candidate in list(self.register.candidates.items()):
            if candidate.nominee.route == WRITTEN_IN:
                del self.register.candidates[person]
        self.open_by_post, self.passed, self.first_poll = dict(self.seats_by_post), [], None

    async def vote(self, step_id: str, list_step: str) -> bool:
        """The poll, until it is valid and no tie is left; False when the list has become too short to vote on.

        `list_step`: the posting that must stand uncontested before anybody votes.
        """
        await self.until(lambda: self.opens(step_id), f"「{self.step(step_id).title}」窗口开启")
        await self._corrected(list_step)
        if not self.enough_for_a_poll():
            return False
        self.polling = True
        self.moves(BodyTrigger.POLL)
        await self._decide(step_id, self._races(self.register.on_the_list()), 1)
        self.first_poll = self.poll_held
        return True

    async def run_off(self, step_id: str) -> None:
        """Seats still open go to a further vote among the unelected with most votes, within its days (V19).

        With fewer members than may leave seats vacant (V20) there is one more; then the seats stay open and are recorded so.
        """
        held = 0
        while self.open_seats and held < FURTHER_VOTES and self._further_vote_due(held):
            races = self._further_races()
            if not any(race.people for race in races):
                break
            self.moves(BodyTrigger.CALL_FURTHER_VOTE)
            held += 1
            await self._decide(step_id, races, 2)
        self.moves(BodyTrigger.ELECT)
        self._close_the_poll()

    def seat_open_for(self, candidate: Candidate) -> bool:
        """Whether a seat of the post that this candidate stood for is open."""
        return self.open_by_post.get(candidate.post, 0) > 0

    def _further_vote_due(self, held: int) -> bool:
        """V20: after a further vote seats may stay open where the province's conditions hold; the meeting's word comes later."""
        too_soon = results.seats_left_vacant(
            len(self.members),
            len(self.members) + self.open_seats,
            self.norms,
            chair_elected=not self.open_by_post.get(Post.CHAIR),
            further_vote_held=held > 0,
            meeting_decided=True,
        )
        return held == 0 or bool(too_soon)

    async def leave_vacant(self, step_id: str) -> None:
        """V20: seats left open are for the villagers' or their representatives' meeting to decide, where the province says so."""
        if self.open_seats and self.norms.vacant_needs_vote:
            elected, seats = len(self.members), len(self.members) + self.open_seats
            chair = not self.open_by_post.get(Post.CHAIR)
            await self.record(
                step_id, check=lambda form: directchecks.left_vacant(form, elected, seats, chair, self.norms, step_id)
            )

    def _further_races(self) -> list[Race]:
        """For each post with an open seat, its unelected by votes, one more than the seats."""
        races = []
        for post, seats in self.open_by_post.items():
            unelected = [one for one in self.register.on_the_list() if one.post is post]
            unelected.sort(key=lambda candidate: -(candidate.votes or 0))
            if seats:
                races.append(Race(post, seats, unelected[: seats + 1]))
        return [race for race in races if race.people]

    async def _decide(self, step_id: str, races: list[Race], vote: int) -> None:
        """Votes until every race is decided: a void poll is held again, those tied are voted on again."""
        while True:
            counted = await self._cast_by_post(step_id, races, vote)
            verdict = count(counted.form)
            if not verdict.valid:
                self.moves(BodyTrigger.FAIL)
                self.moves(BodyTrigger.POLL)
                self.note(PollFailed(gate=self.key(step_id), findings=verdict.findings))
                continue
            self.poll_held = counted.held_on
            elected = self._seat_by_post(counted, verdict)
            tied, void = self._tied(races, counted, verdict), self._void_kinds(races, verdict)
            self._settle(step_id, elected, verdict, tied)
            self._void_again(elected)
            if tied or void:
                self.moves(BodyTrigger.CALL_REVOTE)
                races = [*tied, *void]
                continue
            again = self._relatives()
            if not again:
                return
            self.moves(BodyTrigger.CALL_REVOTE)
            await self._choose_between(step_id, again)
            return

    async def _cast_by_post(self, step_id: str, races: Sequence[Race], vote: int) -> Counted:
        step = self.step(step_id)
        assert step.ballot is not None, f"{step_id} has no ballot"
        ballot, people = step.ballot, [one for race in races for one in race.people]
        seats = {race.post: race.seats for race in races}
        kin = self.register.kin
        roving = [directchecks.roving(box, listed.published_on) for listed in self.boxes for box in listed.boxes]
        return await self.gate(
            step_id,
            Counted,
            law_bound=self._window(vote),
            people=tuple(candidate.person.id for candidate in people),
            seats=sum(seats.values()),
            vote=vote,
            contests=self._contests(races),
            check=lambda form: [
                *directchecks.poll(
                    form,
                    field=people,
                    seats=seats,
                    vote=vote,
                    law=self.pack.law,
                    ballot=ballot,
                    voters=self.voters,
                    stations=self.stations,
                    roving_boxes=roving,
                    proxies_published=self.proxies,
                    kin=kin,
                    serving=self.register.others,
                    norms=self.norms,
                    step=step_id,
                ),
                *(self._run_off_findings(form, races, step_id) if step_id == self.runoff_step else ()),
            ],
        )

    def _window(self, vote: int) -> tuple[date, Rule] | None:
        """The last day of a further vote (V19); the poll itself has its own day."""
        if vote == 1 or self.first_poll is None or self.norms.further_vote_days is None:
            return None
        return self.first_poll + timedelta(days=self.norms.further_vote_days), V19

    def _run_off_findings(self, form: Counted, races: Sequence[Race], step_id: str) -> list[Finding]:
        assert self.first_poll is not None
        found = []
        for race in races:
            unelected = {
                one.person.name: one.votes or 0 for one in self.register.on_the_list() if one.post is race.post
            }
            names = [one.person.name for one in race.people]
            found += directchecks.run_off(form, self.first_poll, unelected, names, race.seats, self.norms, step_id)
        return list(dict.fromkeys(found))

    def _contests(self, races: Sequence[Race]) -> tuple[Contest, ...]:
        return tuple(
            Contest(post=race.post.label, seats=race.seats, people=tuple(one.person.id for one in race.people))
            for race in races
        )

    def _races(self, people: Sequence[Candidate]) -> list[Race]:
        return [
            Race(post, n, [one for one in people if one.post is post]) for post, n in self.open_by_post.items() if n
        ]

    # ------------------------------------------------------------ from votes to seats

    def _seat_by_post(self, counted: Counted, verdict: Verdict) -> list[str]:
        """Seat the winners, the higher post first; remember everybody's votes and who else had enough of them.

        Votes on a kind of ballot that is void count for nobody.
        """
        rows = [
            (POSTS[entry.post or ""], person, entry.votes or 0, entry.name, (entry.votes or 0) >= needed)
            for entry, person in zip(counted.form.candidates, counted.names, strict=True)
            if (needed := verdict.needed(entry.post or "")) is not None
        ]
        for post, person, votes, _, enough in rows:
            candidate = self.register.candidates.get(person)
            if candidate is not None and candidate.post is post:
                candidate.votes = votes
                if candidate.first_votes is None:
                    candidate.first_votes, candidate.had_majority = votes, enough
        written = {person.id: person for person in counted.written_in}
        elected: list[str] = []
        for name in verdict.elected:
            won = [row for row in rows if row[3] == name and row[4] and row[1] not in elected]
            post, person, votes, *_ = min(won, key=lambda row: RANKS.index(row[0]))
            self._seat_one(person, post, votes, written)
            elected.append(person)
        self.passed = [
            relatives.Winner(person=person, post=post, votes=votes)
            for post, person, votes, _, enough in rows
            if enough and person not in self.members
        ]
        self.open_seats = sum(self.open_by_post.values())
        return elected

    def _seat_one(self, person: str, post: Post, votes: int, written: Mapping[str, Person] | None = None) -> None:
        candidate = self.register.candidates.get(person)
        if candidate is None or (written and person in written and candidate.state is not CandidateState.LISTED):
            nominee = Nominee(person=(written or {})[person], post=post, route=WRITTEN_IN, supporters=0)
            candidate = self.register.candidates[person] = Candidate(nominee, state=CandidateState.LISTED, votes=votes)
        candidate.happens(CandidateTrigger.ELECT)
        self.members[person] = Winner(person=candidate.person, post=post, votes=votes)
        self.open_by_post[post] -= 1

    def _tied(self, races: Sequence[Race], counted: Counted, verdict: Verdict) -> list[Race]:
        """Those who must be voted on again, post by post."""
        if not verdict.tied:
            return []
        by_name = {entry.name: person for entry, person in zip(counted.form.candidates, counted.names, strict=True)}
        ids = {by_name[name] for name in verdict.tied}
        again = [
            replace(
                race,
                seats=self.open_by_post[race.post],
                people=[one for one in race.people if one.person.id in ids],
            )
            for race in races
        ]
        return [race for race in again if race.people]

    def _void_kinds(self, races: Sequence[Race], verdict: Verdict) -> list[Race]:
        """Posts whose own kind of ballot is void while the others stand (V15): the same people are voted on anew."""
        return [race for race in races if race.post.label in verdict.void_posts]

    def _settle(self, step_id: str, elected: Sequence[str], verdict: Verdict, tied: Sequence[Race]) -> None:
        self.note(
            PollSettled(
                gate=self.key(step_id),
                elected=tuple(self._seat_of(person) for person in elected),
                open_seats=self.open_seats,
                next=verdict.next,
                tied=tuple(one.person.id for race in tied for one in race.people),
                open_posts=tuple(post.label for post, n in self.open_by_post.items() for _ in range(n)),
                void_posts=verdict.void_posts,
            )
        )

    # ------------------------------------------------------------ wins by unlawful means

    def _void_again(self, elected: Sequence[str]) -> None:
        """Whose win was void wins again: void too, where the province says so."""
        for person in elected:
            if wrongful.wins_again(person, self.void, self.norms):
                self.declare_void(self.void[person])

    # ------------------------------------------------------------ relatives on one committee

    def _graph(self) -> KinGraph:
        people = [*(one.person for one in self.register.candidates.values()), *(one.person for one in self.seated)]
        return directchecks.related(people, self.register.kin)

    def _relatives(self) -> list[relatives.Winner]:
        """V21: the lower post or the fewer votes give way, the next by votes moves up; equals are returned, to be voted on."""
        graph = self._graph()
        elected = [
            relatives.Winner(person=key, post=one.post, votes=one.votes or 0) for key, one in self.members.items()
        ]
        staying = relatives.relatives_elected(elected, self.passed, graph, self.norms)
        if staying.again:
            return list(staying.again)
        moved = list(staying.moved_up)
        for one in staying.yielding:
            self.give_way(one.winner.person, CandidateTrigger.ANNUL)
            successor = next((next_ for next_ in moved if next_.post is one.winner.post), None)
            if successor is not None:
                moved.remove(successor)
                self._seat_one(successor.person, successor.post, successor.votes)
            self.note(
                KinDisplaced(
                    person=one.winner.person,
                    stays=one.stays,
                    path=one.path.text,
                    successor=None if successor is None else successor.person,
                )
            )
        self.open_seats = sum(self.open_by_post.values())
        return []

    def give_way(self, person: str, why: CandidateTrigger) -> None:
        """As everywhere; a seat of that post is open."""
        self.open_by_post[self.members[person].post] += 1
        super().give_way(person, why)

    async def _choose_between(self, step_id: str, equals: Sequence[relatives.Winner]) -> None:
        """Relatives with the same post and as many votes: a vote between them, most votes stay (V21)."""
        while equals:
            people = [self.register.candidates[one.person] for one in equals]
            race = Race(equals[0].post, 1, people)
            counted = await self._cast_by_post(step_id, [race], 2)
            verdict = count(counted.form)
            self.poll_held = counted.held_on
            if not verdict.valid or verdict.tied or not verdict.elected:
                self.note(PollFailed(gate=self.key(step_id), findings=verdict.findings))
                continue
            for entry, person in zip(counted.form.candidates, counted.names, strict=True):
                self.members[person] = self.members[person].model_copy(update={"votes": entry.votes})
                self.register.candidates[person].votes = entry.votes
            self._settle(step_id, [person for person in counted.names if person in self.members], verdict, ())
            equals = self._relatives()

    # ------------------------------------------------------------ afterwards

    def _replace(self, person: str) -> str | None:
        """Who gave up a seat leaves it to the next by votes for that post who is no relative of a member."""
        left = self.members[person].post
        self.give_way(person, CandidateTrigger.REPLACE)
        graph, circle = self._graph(), self.norms.members_kin
        for one in sorted(self.passed, key=lambda one: -one.votes):
            if one.post is not left or one.person in self.members:
                continue
            if circle is not None and any(relative(circle, graph, one.person, key) for key in self.members):
                continue
            candidate = self.register.candidates[one.person]
            candidate.happens(CandidateTrigger.MOVE_UP)
            self.members[one.person] = Winner(person=candidate.person, post=left, votes=one.votes)
            self.open_by_post[left] -= 1
            self.open_seats -= 1
            self.passed.remove(one)
            return one.person
        return None

    async def announce_on_the_spot(self, step_id: str) -> None:
        """The result is announced the day it is counted (V10)."""
        await self.gate(
            step_id,
            Announced,
            law_bound=(self.poll_held, V10),
            people=tuple(self.members),
            check=lambda form: [
                *directchecks.announced(form, tuple(self.members)),
                *directchecks.remarked(results.announced_on_the_spot(self.poll_held, form.announced_on, step=step_id)),
            ],
        )
        self.replaceable = False
        self.issue(self.step(step_id), names=self.names(tuple(self.members)))

    async def hand_over_in_time(self, step_id: str) -> None:
        """The old committee hands over within the law's days, the seal at once where asked (V23)."""
        self.moves(BodyTrigger.HAND_OVER)
        if not self.applies(step_id):
            return
        elected_on = self.poll_held
        due = handover_due(elected_on, self.norms)
        await self.gate(
            step_id,
            HandedOver,
            law_bound=None if due is None else (due, V23),
            check=lambda form: directchecks.handed_over(form, elected_on, self.norms, self.step(step_id)),
        )
        self.issue(self.step(step_id))

    def roll(self) -> int:
        """Registered voters (V14)."""
        return self.voters
