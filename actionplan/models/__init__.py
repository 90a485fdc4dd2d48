"""The plan that headteachers write, the editions of it that parents read, and what happened."""

from actionplan.academic_year import HalfTerm
from actionplan.models.edition import Edition, EditionDocument, NothingToPublish
from actionplan.models.plan import LetGo, Plan, Possibility, Status, Step, Strand
from actionplan.models.update import Audience, Evidence, HeldDocument, Update

__all__ = [
    "Audience",
    "Edition",
    "EditionDocument",
    "Evidence",
    "HalfTerm",
    "HeldDocument",
    "LetGo",
    "NothingToPublish",
    "Plan",
    "Possibility",
    "Status",
    "Step",
    "Strand",
    "Update",
]
