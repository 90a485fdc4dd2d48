"""List pages of what grows for years: each page is read by key, and nothing is counted."""

from django.contrib.admin.views.main import PAGE_VAR, ChangeList


class PagedList(ChangeList):
    """Django's list of rows, of which `page` is read by its ModelAdmin's `get_list_page`."""

    def get_results(self, request):
        """Read one page."""
        self.page = self.model_admin.get_list_page(self.queryset, request.GET.get(PAGE_VAR))
        self.result_list = self.page.rows
        # Of these rows alone.
        self.result_count = self.full_result_count = len(self.page.rows)
        self.show_all = self.can_show_all = self.multi_page = False


class PagedListMixin:
    """For a PortalModelAdmin whose list grows for years. Subclasses say how a page is read."""

    def get_changelist(self, request, **kwargs):
        """Read the list page by page."""
        return PagedList

    def get_list_page(self, rows, cursor):
        """Return the Page of `rows` for `cursor`, which may be anything that was sent."""
        raise NotImplementedError
