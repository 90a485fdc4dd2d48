"""The portal's own templates, written for instances where those have lists and texts."""

import re

from django.template.loaders import filesystem

LISTS = re.compile(
    r"\b(plan\.(?:strands|possibilities|let_go|updates)|strand\.(?:steps|aims)|step\.schools"
    r"|update\.evidence)\b"
)
SCHOOL = re.compile(r"\bupdate\.school\b")


class Loader(filesystem.Loader):
    def get_contents(self, origin):
        """Return the portal's template with related rows asked for as Django's managers want."""
        text = LISTS.sub(r"\1.all", super().get_contents(origin))
        return SCHOOL.sub("update.school.short_name", text)
