"""The workflows decide nothing twice: replayed, rebuilt after every step, or committed twice, they do the same."""

from activities.commit import Ledger
from simulation.engine.replay import check_replay
from tests.workflows.clerk import Clerk, brief
from workflows.facts import Commit


def journal(clerk: Clerk) -> list[object]:
    clerk.run()
    return [(entry.at, entry.unit, entry.body, entry.fact) for entry in clerk.facts]


def test_recorded_activations_give_identical_commands() -> None:
    clerk = Clerk(brief(), engine_options={"record": True})
    clerk.run()
    recordings = clerk.engine.recordings
    assert len(recordings) == 4  # the unit and its three bodies
    for recording in recordings:
        check_replay(recording)


def test_a_worker_lost_after_every_step_changes_nothing() -> None:
    undisturbed, lost = (
        Clerk(brief()),
        Clerk(brief(), engine_options={"record": True, "crash_after": lambda workflow, number: True}),
    )
    assert journal(undisturbed) == journal(lost)
    assert lost.engine.statistics.rebuilds > 100


def test_every_commit_delivered_twice_changes_nothing() -> None:
    once = journal(Clerk(brief()))

    class Twice(Ledger):
        """Delivers each commit twice, as a server may."""

        def __init__(self, store: object) -> None:
            super().__init__(store)  # type: ignore[arg-type]
            apply = self.store.apply

            def again(commit: Commit, papers: object) -> bool:
                apply(commit, papers)  # type: ignore[arg-type]
                return apply(commit, papers)  # type: ignore[arg-type]

            self.store.apply = again  # type: ignore[method-assign]

    assert journal(Clerk(brief(), ledger=Twice)) == once


def test_activities_as_tasks_of_the_loop_change_nothing() -> None:
    assert journal(Clerk(brief())) == journal(Clerk(brief(), engine_options={"step_at_once": False}))
