"""Address names that are made from a title once, and then stay."""

from itertools import count

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify


class Slugged(models.Model):
    """A row with an address name. Left empty, it is made from `slug_from` at the first save.

    `slugs_within` names the foreign key within which it is unique; None means everywhere.
    `reserved_slugs` are names that addresses beside it have already.
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
    reserved_slugs = ()

    class Meta:
        abstract = True

    def clean(self):
        """Refuse an address name that leads elsewhere."""
        super().clean()
        if self._leads_elsewhere(self.slug):
            raise ValidationError({"slug": "This address is taken. Choose other words."})

    def save(self, *args, **kwargs):
        """Make the address name where there is none."""
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)

    def keep_slug_free(self):
        """Make another address name if a row has taken this one meanwhile."""
        if self._neighbours().filter(slug=self.slug).exists():
            self.slug = self._free_slug()

    def _leads_elsewhere(self, slug):
        # A number in its place is the number of a row.
        return slug in self.reserved_slugs or slug.isdecimal()

    def _neighbours(self):
        rows = type(self)._default_manager.exclude(pk=self.pk)
        if self.slugs_within:
            attname = self._meta.get_field(self.slugs_within).attname
            rows = rows.filter(**{attname: getattr(self, attname)})
        return rows

    def _free_slug(self):
        plain = slugify(getattr(self, self.slug_from))[:70].strip("-") or self._meta.model_name
        neighbours = self._neighbours().filter(slug__startswith=plain)
        taken = set(neighbours.values_list("slug", flat=True))
        if self._leads_elsewhere(plain):
            taken.add(plain)
        numbered = (f"{plain}-{number}" for number in count(2))
        return plain if plain not in taken else next(s for s in numbered if s not in taken)
