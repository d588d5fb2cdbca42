"""The honest forms of a recall: a demand with enough behind it, and the vote as it was counted."""

from policies.arithmetic import more_than
from policies.law.norms import Norms
from policies.pack.schema import PollMode
from policies.rules.village.shares import needed
from simulation.actors.scene import Scene
from simulation.population.chance import numpy_stream
from simulation.population.voting import attendance
from workflows.messages import Petitioned, RecallCounted

_GROUNDS = "长期外出，不履行职责"
_MORE = 30  # who sign beyond what is needed, at most


def petition(scene: Scene) -> Petitioned:
    """A third of the representatives and some more join the demand: they are easier to ask than a fifth of the voters."""
    norms, (member,) = scene.setting.pack.norms or Norms(), scene.task.people
    delegates = scene.memory.representatives
    assert norms.recall_representatives is not None, "a plan with a recall has the share that may ask for one"
    least = needed(norms.recall_representatives, delegates)
    joined = min(least + scene.rng.randrange(_MORE), delegates)
    return Petitioned(submitted_on=scene.day, person=member, grounds=_GROUNDS, representatives=joined)


def vote(scene: Scene) -> RecallCounted:
    """How many came and how many agreed, as counts; declared as it came out (过半数投票，代表超过三分之二；经投票的过半数通过)."""
    mode, papers = scene.setting.committee_mode(), scene.parameters.polls
    by_delegates = mode is PollMode.REPRESENTATIVES
    figures = scene.parameters.residents if by_delegates else scene.parameters.villages
    rng, roll = numpy_stream(scene.seed, scene.task.workflow, scene.task.gate), scene.memory.who_votes(mode)
    present = attendance(rng, roll, figures.turnout, None, 0.0)
    collected = present - int(rng.binomial(present, papers.unreturned_rate.value))
    invalid = int(rng.binomial(collected, papers.invalid_rate.value))
    blank = int(rng.binomial(collected - invalid, papers.blank_rate.value))
    marked = collected - invalid - blank
    share = scene.parameters.events.recall_support.draw(scene.rng)
    in_favour = int(rng.binomial(marked, share))
    quorum = more_than((2, 3) if by_delegates else (1, 2), roll)
    return RecallCounted(
        held_on=scene.day,
        roll=roll,
        present=present,
        collected=collected,
        in_favour=in_favour,
        against=marked - in_favour,
        blank=blank,
        invalid=invalid,
        declared=present >= quorum and 2 * in_favour > present,
    )
