"""The pages on which headteachers plan the year, publish it and tell what happened."""

from actionplan.admin.plan import PlanAdmin
from actionplan.admin.strand import StrandAdmin
from actionplan.admin.update import UpdateAdmin

__all__ = ["PlanAdmin", "StrandAdmin", "UpdateAdmin"]
