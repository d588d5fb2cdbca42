"""One person at a time: incumbents, contenders and helpers, each with a file that decides what review must find."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from policies.eligibility import Aspect, Ground, Relaxation
from policies.people import Education, PartyStanding, Person, Post, Sex, birthday
from simulation.population.district import Shortfall
from simulation.population.names import person_name
from simulation.population.parameters import Parameter, Parameters
from simulation.population.plan import Plan

_GENERAL_AGE = 55  # nobody meant to be eligible comes near it (X3)
_ENOUGH_MONTHS = 24


@dataclass(slots=True, eq=False)
class Draft:
    """A person while the unit is being put together; kin may still change the surname or the birthday."""

    id: str
    surname: str
    given: str
    sex: Sex
    born: date
    standing: PartyStanding = PartyStanding.NONE
    incumbent: tuple[Post, ...] = ()
    file: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The full name."""
        return self.surname + self.given

    def person(self) -> Person:
        """The finished person."""
        return Person(
            id=self.id,
            name=self.name,
            sex=self.sex,
            born=self.born,
            standing=self.standing,
            incumbent=self.incumbent,
            **self.file,
        )


class Maker:
    """Makes the people of one unit in a fixed order from one stream; names and ids never repeat within the unit."""

    def __init__(self, unit: str, rng: Random, parameters: Parameters, plan: Plan) -> None:
        self.unit, self.rng, self.plan = unit, rng, plan
        self.figures = parameters.people
        self.taken: set[str] = set()
        self.made = 0

    def incumbent(self, posts: tuple[Post, ...]) -> Draft:
        """A member in office: experienced, of any education (X3 asks it of new nominees only)."""
        member = any(post.in_party for post in posts) or self.figures.member_share.happens(self.rng)
        draft = self._draft(self.figures.incumbent_age, member)
        draft.incumbent = posts
        draft.file |= self._education()
        draft.file["experience_months"] = 60 + self.figures.experience.draw_count(self.rng)
        return draft

    def contender(self, *, member: bool | None = None, woman: bool = False) -> Draft:
        """A new nominee who meets every standard without relaxation; `woman` asks for one, else chance decides."""
        member = self.figures.member_share.happens(self.rng) if member is None else member
        draft = self._draft(self.figures.contender_age, member, woman=woman)
        draft.file |= self._education()
        if not draft.file["education"].reaches(Education.BACHELOR):
            draft.file["social_work_certificate"] = True
        draft.file["experience_months"] = max(_ENOUGH_MONTHS, self.figures.experience.draw_count(self.rng))
        return draft

    def woman(self) -> Draft:
        """Somebody who stands for the women's federation, whose source asks for no more than that she is able (W6)."""
        draft = self._draft(self.figures.contender_age, self.figures.member_share.happens(self.rng), woman=True)
        draft.file |= self._education()
        return draft

    def helper(self, *, member: bool | None = None) -> Draft:
        """Somebody who serves without standing: election committee, tellers, part-time members."""
        member = self.figures.member_share.happens(self.rng) if member is None else member
        draft = self._draft(self.figures.incumbent_age, member)
        draft.file["education"] = Education.COLLEGE
        return draft

    def relative(self, sex: Sex, born: date, surname: str | None = None) -> Draft:
        """Somebody who only links others."""
        family, given = person_name(self.rng, sex, self.taken, surname)
        return Draft(self._id(), family, given, sex, born)

    def rename(self, draft: Draft, surname: str) -> None:
        """Give a child the parent's surname, or a sibling the other's."""
        self.taken.discard(draft.name)
        draft.surname, draft.given = person_name(self.rng, draft.sex, self.taken, surname)

    def relax(self, draft: Draft) -> Relaxation:
        """Let a contender fall short of one standard, with a ground the plan allows and a recorded decision (X3)."""
        aspect = self.rng.choice((Aspect.EDUCATION, Aspect.EXPERIENCE))
        if aspect is Aspect.EDUCATION:
            ground = self.rng.choice((Ground.CITY_HONOUR, Ground.OUTSTANDING, Ground.SOCIAL_WORK_GRADUATE))
            draft.file |= _UNSCHOOLED | {ground.value: True}
        else:
            ground = self.rng.choice((Ground.FULL_TIME_BACHELOR, Ground.NEW_SOCIAL_WORK_POST, Ground.FAMILIAR))
            draft.file |= {"experience_months": self.rng.randint(3, 20), ground.value: True}
            if ground is Ground.FULL_TIME_BACHELOR:
                draft.file["education"] = Education.BACHELOR
        number = f"街党工放宽〔{self.plan.starts.year}〕{draft.id}号"
        return Relaxation(ground=ground, document_no=number, decided_by="街道党工委")

    def disqualify(self, draft: Draft) -> Shortfall:
        """Let a contender miss one standard without any ground for a relaxation, so that review must find it (X3)."""
        aspect = self.rng.choice((Aspect.AGE, Aspect.EDUCATION, Aspect.EXPERIENCE, Aspect.RETIREMENT))
        if aspect is Aspect.AGE and draft.sex is Sex.MALE and self.figures.retirement_male.count > _GENERAL_AGE + 3:
            self._age(draft, _GENERAL_AGE + 1 + self.rng.random())
            return Shortfall(aspect, f"超过{_GENERAL_AGE}周岁")
        if aspect is Aspect.RETIREMENT:
            draft.file |= {"retired": True, "retires_on": self.plan.starts - timedelta(days=self.rng.randint(30, 300))}
            return Shortfall(aspect, "已经退休")
        if aspect is Aspect.EXPERIENCE:
            months = self.rng.randint(2, 18)
            draft.file |= {"experience_months": months}
            return Shortfall(aspect, f"街道、社区工作经历只有{months}个月")
        draft.file |= _UNSCHOOLED
        return Shortfall(Aspect.EDUCATION, "大专学历，没有社会工作师证书")

    def _draft(self, ages: Parameter, member: bool, *, woman: bool = False) -> Draft:
        sex = Sex.FEMALE if self.figures.female_share.happens(self.rng) or woman else Sex.MALE
        family, given = person_name(self.rng, sex, self.taken)
        draft = Draft(self._id(), family, given, sex, self.plan.starts)
        draft.standing = PartyStanding.FULL if member else PartyStanding.NONE
        retirement = self.figures.retirement_male if sex is Sex.MALE else self.figures.retirement_female
        self._age(draft, min(ages.draw(self.rng), _GENERAL_AGE - 2, retirement.count - 2))
        return draft

    def _age(self, draft: Draft, years: float) -> None:
        retirement = self.figures.retirement_male if draft.sex is Sex.MALE else self.figures.retirement_female
        draft.born = self.plan.starts - timedelta(days=round(years * 365.25))
        draft.file["retires_on"] = birthday(draft.born, retirement.count)

    def _education(self) -> dict[str, Any]:
        figures, lot = self.figures, self.rng.random()
        if lot >= figures.graduate_share.value + figures.bachelor_share.value:
            return {"education": Education.COLLEGE}
        return {
            "education": Education.GRADUATE if lot < figures.graduate_share.value else Education.BACHELOR,
            "full_time_bachelor": figures.full_time_share.happens(self.rng),
            "social_work_certificate": figures.certificate_share.happens(self.rng),
        }

    def _id(self) -> str:
        self.made += 1
        return f"{self.unit}-P{self.made:03d}"


_UNSCHOOLED = {"education": Education.COLLEGE, "full_time_bachelor": False, "social_work_certificate": False}
