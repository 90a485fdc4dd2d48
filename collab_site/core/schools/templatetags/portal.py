"""The template tags that every page may use."""

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

from collab_site.core.pictures.renditions import rendition_name, widths_below
from collab_site.core.schools import addresses, sharing, words
from collab_site.core.schools.glossary import anchor

register = template.Library()

register.filter("in_words", words.in_words)
register.filter("term_anchor", anchor)


@register.simple_tag(takes_context=True)
def gloss(context, text):
    """Show a text with its school words marked, so that each opens its meaning."""
    return context["identity"].glossary.mark_up(text)


@register.simple_tag(takes_context=True)
def gloss_paragraphs(context, text):
    """Show a text as `gloss` does, its paragraphs and line breaks kept."""
    glossary = context["identity"].glossary
    paragraphs = (p.strip() for p in text.replace("\r\n", "\n").split("\n\n"))
    marked = (glossary.mark_up(p).replace("\n", "<br>") for p in paragraphs if p)
    return mark_safe("".join(f"<p>{p}</p>" for p in marked))  # noqa: S308 - mark_up escapes


@register.simple_tag(takes_context=True)
def reset_glossary(context):
    """Begin a part of the page that people link to: in it, school words are marked again."""
    context["identity"].glossary.begin_part()
    return ""


@register.filter
def school_full_names(schools):
    """Return the schools' full names as English lists them."""
    return words.listed([school.name for school in schools])


@register.filter
def srcset(address, width):
    """Return an image's `srcset` for the picture of this width at `address`; "" if it has one."""
    narrower = [f"{rendition_name(address, below)} {below}w" for below in widths_below(width or 0)]
    return ", ".join([*narrower, f"{address} {width}w"]) if narrower else ""


@register.simple_tag(takes_context=True)
def canonical(context):
    """Return the page's one address: without a school's entrance, on the portal's own host."""
    return addresses.absolute(context["request"].path_info)


@register.simple_tag
def canonical_of(route):
    """Return the one address of the page with this route name."""
    return addresses.canonical(reverse(route))


@register.inclusion_tag("components/share_picture.html", takes_context=True)
def share_picture(context):
    """Tell other sites which picture to show with the page; in a preview there is none."""
    identity = context["identity"]
    if identity.way_back:
        return {}
    return {
        "address": sharing.share_address(identity),
        "alt_text": sharing.share_alt(identity),
        "width": sharing.WIDTH,
        "height": sharing.HEIGHT,
    }


@register.simple_tag(takes_context=True)
def taking_part(context, names):
    """Return who takes part: "All three schools", "Both schools", or the short names."""
    return words.taking_part(names, len(context["identity"].schools))
