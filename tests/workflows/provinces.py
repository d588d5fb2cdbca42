"""The village's clerk under a province's own bundled plan: two stations, no roving box, proxies given in time everywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack, Role
from policies.rules.village.wrongful import Authority, Means, Wrong
from tests.workflows.clerk import signed
from tests.workflows.test_complaints import Patient
from tests.workflows.villageclerk import POLL_DAY, VillageClerk, proxy, village
from workflows.facts import Task
from workflows.messages import BoxesListed, Complaint, Form, ProxiesListed
from workflows.setting import Setting, install

STATIONS = {"中心会场": 412, "二组投票站": 220}
EARLY = POLL_DAY - timedelta(days=6)  # Shanghai wants five days, the others fewer


@cache
def setting_of(name: str) -> Setting:
    """A bundled village plan under the announced calendar of 2026."""
    pack = open_pack(name)
    assert isinstance(pack, Pack), pack
    return install(pack, national_calendar([2026]))


@dataclass
class ProvinceClerk(VillageClerk):
    """What a province's law asks otherwise than the model plan; every task it was given is kept."""

    tasks: list[Task] = field(default_factory=list)

    def on_task(self, task: Task) -> None:
        """Keep it, then answer in time."""
        self.tasks.append(task)
        super().on_task(task)

    def form(self, task: Task) -> Form:
        """The honest form."""
        match task.step.replace("byelection.", "residents."):
            case _ if ":" in task.gate:
                pass
            case "residents.boxes":
                return BoxesListed(published_on=self.today)
            case "residents.proxies":
                given = tuple(proxy(number, received_on=EARLY) for number in range(40))
                return ProxiesListed(published_on=self.today, proxies=given)
            case "residents.poll" | "residents.runoff":
                return self.polled(task, STATIONS, mixed=()).model_copy(update={"roving_boxes": 0})
        return super().form(task)


@dataclass
class Found(Patient, ProvinceClerk):
    """A clerk of a village where winners are found out."""

    delay: Callable[[Task], timedelta] = lambda task: timedelta(hours=7)

    def finds(self, number: str, after: str, waits: str, *persons: str, about: str = "residents.poll") -> None:
        """The county finds by complaint `number`, received once `after` is decided, that these won by bribery.

        `waits` is decided only when that complaint has been answered.
        """
        before = self.delay

        def answered() -> bool:
            return any(one.complaint == number for one in self.of_kind("complaint_decided"))

        self.delay = lambda task: timedelta(hours=22) if task.gate == waits and not answered() else before(task)
        complaint = Complaint(id=number, about=about, text="反映贿选", by=signed(Role.STREET_DISCIPLINE))
        earlier = self.answers.get(after)

        def decided(task: Task, form: Form) -> Form | None:
            if task.gate == after:
                later = self.engine.now + timedelta(hours=1)
                self.engine.at(later, lambda c: c.tell(task.workflow, "complain", complaint), self)
            return form if earlier is None else earlier(task, form)

        wrongs = tuple(bribery(person) for person in persons)
        self.answers[after] = decided
        self.answers[f"complaint:{number}"] = lambda task, form: form.model_copy(
            update={"upheld": True, "wrongs": wrongs}
        )


def bribery(person: str, **changes: Any) -> Wrong:
    """What the county has found of somebody."""
    found: dict[str, Any] = {"means": Means.BRIBERY, "found_by": Authority.COUNTY, "paper": "县调〔2026〕3号"}
    return Wrong(person=person, **found | changes)


def clerk_of(pack: str, **changes: Any) -> Found:
    """A clerk of a village under a bundled plan."""
    return Found(village(setting=setting_of(pack).hash), **changes)
