"""The call for a name, the ideas that families send, and what comes of them."""

from naming_contest.models.contest import Contest, Gallery, Phase, WrongPhase, phase_at
from naming_contest.models.idea import DecidedMeanwhile, Idea, NameSpelling, YearGroup
from naming_contest.models.moderator import Moderator
from naming_contest.models.rate_limit import TokenBucket
from naming_contest.models.result import Adoption, Part, Score, Winner

__all__ = [
    "Adoption",
    "Contest",
    "DecidedMeanwhile",
    "Gallery",
    "Idea",
    "Moderator",
    "NameSpelling",
    "Part",
    "Phase",
    "Score",
    "TokenBucket",
    "Winner",
    "WrongPhase",
    "YearGroup",
    "phase_at",
]
