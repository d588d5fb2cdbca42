"""Committees that have become smaller than the law has them, as of a day: the registry's figures, judged by V25 or R25-24.

Read anew each time from who was elected, recalled, left and elected since, so that nobody need close anything: what a
by-election is under way for is not listed.
"""

from datetime import date

from activities.registry import Registry
from activities.reports.model import Vacancy
from policies.pack.schema import BODY_NAMES, BodyId, Pack, Role
from policies.rules import order
from policies.rules.village.recall import by_election_last_day
from policies.rules.village.vacancy import by_election_clause, too_few

OWNER = Role.RESIDENTS_COMMITTEE
"""Who has a by-election begun: the committee itself calls the meeting (《村民委员会组织法》（2025）第二十五条、第三十条)."""


def vacancies(registry: Registry, election: str, pack: Pack, on: date) -> tuple[Vacancy, ...]:
    """An election's committees that are too small on a day, in the order of its units; none where no clause says how many.

    `pack`: the plan they were elected under, which holds the law's values. Raises RegistryUnavailableError.
    """
    norms, committee = pack.norms, BODY_NAMES[pack.kind].get(BodyId.RESIDENTS)
    if norms is None or norms.members_min is None or committee is None:
        return ()
    owner, superior = pack.roles.get(OWNER, committee), order.superior(OWNER)
    superior_name = pack.roles.get(superior, superior.value)
    found = []
    for one in registry.terms.too_small(election, norms.members_min):
        (finding,) = too_few(
            one.unit_name,
            committee,
            one.members,
            one.since,
            on,
            norms,
            owner=owner,
            superior=superior_name,
            rule=by_election_clause(pack.kind),
        )
        found.append(
            Vacancy(
                unit=one.unit,
                unit_name=one.unit_name,
                street=one.street,
                members=one.members,
                since=one.since,
                last_day=by_election_last_day(one.members, one.since, norms),
                owner=OWNER,
                owner_name=owner,
                superior_name=superior_name,
                finding=finding,
            )
        )
    return tuple(found)
