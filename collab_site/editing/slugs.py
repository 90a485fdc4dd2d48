"""Address names that are made from a title once, and then stay."""

from itertools import count

from django.db import models
from django.utils.text import slugify


class Slugged(models.Model):
    """A row with an address name. Left empty, it is made from `slug_from` at the first save.

    `slugs_within` names the foreign key within which it is unique; None means everywhere.
    """

    slug = models.SlugField(
        "address name",
        max_length=80,
        blank=True,
        help_text="Links end with it. Leave it empty: it is made from the title. Once shared, "
        "don't change it.",
    )

    slug_from = "title"
    slugs_within = None

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Make the address name where there is none."""
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self):
        plain = slugify(getattr(self, self.slug_from))[:70].strip("-") or self._meta.model_name
        rows = type(self)._default_manager.all()
        if self.slugs_within:
            attname = self._meta.get_field(self.slugs_within).attname
            rows = rows.filter(**{attname: getattr(self, attname)})
        taken = set(rows.filter(slug__startswith=plain).values_list("slug", flat=True))
        numbered = (f"{plain}-{number}" for number in count(2))
        return plain if plain not in taken else next(s for s in numbered if s not in taken)
