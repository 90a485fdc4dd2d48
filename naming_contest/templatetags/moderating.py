"""What the pages of those who decide about ideas show in their own way."""

from django import template
from django.utils.html import format_html, format_html_join

from collab_site.core.paging import MOST_COUNTED

register = template.Library()


@register.filter
def counted(number):
    """Return what `bounded_count` has counted, in digits: "1000+" if there are more."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


@register.filter
def marked_up(pieces):
    """Return the pieces of a text that `in_pieces` gives, what is marked in them shown and told."""
    return format_html_join("", "{}", ((_marked_up(*piece),) for piece in pieces))


def _marked_up(text, kind):
    if not kind:
        return text
    return format_html('<mark>{}</mark> <span class="kind">(this looks like {})</span>', text, kind)
