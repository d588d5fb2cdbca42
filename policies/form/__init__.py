"""Result forms: their typed shape, their numbered problems, and how one is read from what somebody typed."""

from policies.form.contradictions import contradictions
from policies.form.problems import FORM_PROBLEMS, Problem, label_of, problem
from policies.form.sheet import FormRefused, read_form
from policies.form.values import (
    CHAIRS,
    DEPUTIES,
    MODES,
    Ballots,
    Body,
    BoxPapers,
    Candidate,
    Contest,
    Mode,
    Papers,
    ResultForm,
    Sex,
    papers,
)

__all__ = [
    "CHAIRS",
    "DEPUTIES",
    "FORM_PROBLEMS",
    "MODES",
    "Ballots",
    "Body",
    "BoxPapers",
    "Candidate",
    "Contest",
    "FormRefused",
    "Mode",
    "Papers",
    "Problem",
    "ResultForm",
    "Sex",
    "contradictions",
    "label_of",
    "papers",
    "problem",
    "read_form",
]
