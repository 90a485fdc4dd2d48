"""Template tags for the pages of editors."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def list_rows(context, changes):
    """Return what a list page (Django's ChangeList) shows of each of its rows.

    `number` is its place among the `count` rows that can be moved, or None.
    """
    model_admin = changes.model_admin
    may_move = model_admin.has_change_permission(context["request"])
    movable = [row for row in changes.result_list if may_move and model_admin.can_move(row)]
    numbers = {row: number for number, row in enumerate(movable, start=1)}
    return [
        {
            "row": row,
            "url": changes.url_for_result(row),
            "note": model_admin.row_note(row),
            "number": numbers.get(row),
            "count": len(movable),
        }
        for row in changes.result_list
    ]


@register.filter
def file_name(file):
    """Return a stored file's name without its folder."""
    return file.name.rpartition("/")[2]
