from django.contrib import admin

from achievements.models import Achievement, AchievementPicture
from collab_site.core.editing.admin import PicturePreviewMixin, PortalInline, PortalModelAdmin
from collab_site.core.editing.lists import PagedListMixin
from collab_site.core.pictures.forms import PictureForm


class AchievementPictureInline(PicturePreviewMixin, PortalInline):
    model = AchievementPicture
    form = PictureForm
    picture_route = "achievement-picture"
    fields = ["preview", "image", "alt_text", "is_safe"]


@admin.register(Achievement)
class AchievementAdmin(PagedListMixin, PortalModelAdmin):
    inlines = [AchievementPictureInline]
    fields = ["title", "details", "achieved_on", "aims"]

    def get_ordering(self, request):
        """Return the site's own order."""
        return Achievement.objects.newest_first().query.order_by

    def get_list_page(self, rows, cursor):
        """Return a page of the site's own order; the cursor is the number of its first row."""
        return rows.page_from(cursor, self.list_per_page)

    def row_note(self, row):
        """Return the day."""
        return row.achieved_on or ""

    def can_move(self, row):
        """Return whether the row stands in the editors' order: one with a day stands by its day."""
        return row.achieved_on is None

    def move(self, row, places):
        """Move the row past the next one without a day, whatever has a day in between."""
        rows = list(row.siblings())
        undated = [other for other in rows if other.achieved_on is None]
        target = max(0, undated.index(row) + places)
        neighbour = undated[min(target, len(undated) - 1)]
        row.move(rows.index(neighbour) - rows.index(row))
