"""The pages on which the schools call for ideas, look at them, judge them and choose."""

from naming_contest.admin.contest import ContestAdmin
from naming_contest.admin.queue import IdeaAdmin

__all__ = ["ContestAdmin", "IdeaAdmin"]
