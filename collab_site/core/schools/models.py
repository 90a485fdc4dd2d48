"""Who works together: the schools, and the collaboration's identity and words."""

import posixpath

from django.core.exceptions import ValidationError
from django.db import models
from django.dispatch import receiver
from django.http import QueryDict
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from collab_site.core.editing.ordering import Ordered
from collab_site.core.pictures.fields import PictureField
from collab_site.core.pictures.models import Picture
from collab_site.core.schools import colour
from collab_site.core.schools.old_addresses import bare, pairs_of, read_old_address, read_page
from collab_site.core.schools.origins import read_origins
from collab_site.core.schools.words import listed


class Logo(models.Model):
    """A picture to be the collaboration's sign. Its file goes with its row, history or not."""

    image = PictureField(
        "logo",
        upload_to="logos",
        width_field="width",
        height_field="height",
        db_index=True,
        # It is small as it is.
        has_renditions=False,
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt_text = models.CharField("what the logo shows", max_length=250, blank=True)

    def __str__(self):
        return self.alt_text or "The logo"

    @property
    def image_name(self):
        """The name under which the picture's address ends."""
        return posixpath.basename(self.image.name)


class SharePicture(models.Model):
    """The picture that stands for the portal where its pages are shared; the one made last."""

    version = models.CharField(max_length=12)
    data = models.BinaryField()
    # Shown in it, so it goes with a logo that is withdrawn.
    logo = models.ForeignKey(Logo, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="schools_one_share_picture_is_kept"
            )
        ]

    def __str__(self):
        return "The picture for shared pages"


class Collaboration(models.Model):
    """The one row of identity: every page, the favicon and the admin take their name from it."""

    name = models.CharField(
        max_length=120,
        help_text="What the schools call themselves together. It stands at the top of every page.",
    )
    strap_line = models.CharField(
        max_length=160, blank=True, help_text="A short line under the name. Leave empty if none."
    )
    # In place of the flower that is made from the schools' colours.
    logo = models.ForeignKey(
        Logo, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    place = models.CharField(
        max_length=120, blank=True, help_text="The town or area that the schools share."
    )
    colour = models.CharField(
        max_length=7,
        validators=[colour.validate_colour],
        help_text="The main colour of headings, links and buttons. Too light a colour is darkened "
        "until it can be read.",
    )
    colour_is_provisional = models.BooleanField(
        "the colour is provisional",
        default=False,
        help_text="Ticked while the colour was chosen by whoever set up the portal.",
    )
    welcome = models.CharField(
        "heading of the home page", max_length=120, help_text="For example: Working together"
    )
    introduction = models.TextField(
        max_length=2000,
        help_text="The first words on the home page: who you are, in two sentences.",
    )
    aims_introduction = models.TextField(
        max_length=1000, blank=True, help_text="Stands above the aims."
    )
    aims_lead_in = models.CharField(
        max_length=200, blank=True, help_text="The words that every aim completes."
    )
    achievements_introduction = models.TextField(
        max_length=1000, blank=True, help_text="Stands above the achievements."
    )
    plan_introduction = models.TextField(
        max_length=2000, blank=True, help_text="What the plan is, whatever the year."
    )
    plan_name = models.CharField(
        max_length=120, help_text="What the plan is called where pages link to it."
    )
    plan_invitation = models.TextField(
        max_length=500, blank=True, help_text="Stands above the link to the plan on the home page."
    )

    class Meta:
        verbose_name = "name, colours and words"
        verbose_name_plural = "name, colours and words"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="schools_collaboration_one_row",
                violation_error_message="A portal belongs to one collaboration.",
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Keep to the one row."""
        self.pk = 1
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("home")

    @property
    def name_in_sentence(self):
        """The name with its article: "the River Group", but "The Three Trees"."""
        return self.name if self.name.casefold().startswith("the ") else f"the {self.name}"


class SchoolQuerySet(models.QuerySet):
    def known_as(self, slug):
        """Return the school with this address name, or else the one that had it, or None.

        Capitals don't matter: people type it from a poster.
        """
        now = self.filter(slug__iexact=slug).first()
        small = slug.lower()
        return now or next((s for s in self if small in map(str.lower, s.former_slugs)), None)


class School(Ordered):
    name = models.CharField(
        max_length=120, unique=True, help_text="In full, as on the school's sign."
    )
    short_name = models.CharField(
        max_length=60, unique=True, help_text="What families say, where there is little room."
    )
    slug = models.SlugField(
        "address name",
        unique=True,
        max_length=60,
        help_text="Part of the school's own entrance, /from/…/. Links that use the one before keep "
        "working.",
    )
    # The newest last. Links, posters and pages on other sites may use them for years.
    former_slugs = models.JSONField(default=list, editable=False)
    colour = models.CharField(
        max_length=7,
        validators=[colour.validate_colour],
        help_text="The school's petal in the sign, and the strip at the top of its entrance.",
    )
    colour_is_provisional = models.BooleanField(
        "the colour is provisional",
        default=False,
        help_text="Ticked while the colour was chosen by whoever set up the portal, and not yet "
        "by the school.",
    )
    website = models.URLField(
        blank=True,
        help_text="The school's own site, with https://. Its entrance leads back there.",
    )
    email = models.EmailField(
        "office e-mail", blank=True, help_text="Shown to families who want to ask or complain."
    )
    telephone = models.CharField("office telephone", max_length=40, blank=True)
    panel_origins = models.TextField(
        "sites that may show its panels",
        max_length=2000,
        blank=True,
        help_text="The school's own website, from https:// to the first slash, one on each line. "
        "If it can be reached with www. and without, write both. Nobody else can put a panel into "
        "a page.",
    )

    objects = SchoolQuerySet.as_manager()

    class Meta(Ordered.Meta):
        verbose_name = "school"

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse an address name that another school had, and what is no site."""
        known = School.objects.exclude(pk=self.pk).known_as(self.slug)
        if known and known.slug != self.slug:
            taken = f"Links to {known} still use this address name. Choose another one."
            raise ValidationError({"slug": taken})
        try:
            self.panel_origins = "\n".join(read_origins(self.panel_origins))
        except ValidationError as error:
            raise ValidationError({"panel_origins": error}) from error

    def get_absolute_url(self):
        return f"{reverse('schools')}#school-{self.slug}"

    @property
    def origins(self):
        """The sites that may show its panels, each as "https://www.example.org"."""
        return self.panel_origins.split()

    @property
    def lists_its_website(self):
        """Whether its own website, if it has one, is among the sites that may show its panels."""
        try:
            own = read_origins(self.website)
        except ValidationError:
            own = []
        return all(site in self.origins for site in own)

    @property
    def kit(self):
        """The address of what there is for its own website and its notice board."""
        return reverse("kit", args=[self.slug])

    @property
    def entrance(self):
        """The address at which this school greets its families."""
        return f"/from/{self.slug}/"

    @property
    def can_be_reached(self):
        """Whether there is a way to reach the school that can be told."""
        return bool(self.website or self.email or self.telephone)

    def proud_sentence(self, collaboration, schools):
        """Return the sentence with which this school presents the collaboration.

        `schools` are all of its schools, in order.
        """
        others = [school.name for school in schools if school != self]
        along = f" along with {listed(others)}" if others else ""
        return f"{self.name} is proud to be part of {collaboration.name_in_sentence}{along}."


# A signal, because bringing an earlier version back doesn't call save().
@receiver(models.signals.pre_save, sender=School)
def remember_address_name(sender, instance, **kwargs):
    """Keep the address name that a school had until now among its former ones."""
    stored = School.objects.filter(pk=instance.pk).values_list("slug", "former_slugs").first()
    if stored:
        known = [slug for slug in (*stored[1], stored[0]) if slug != instance.slug]
        instance.former_slugs = list(dict.fromkeys(known))


def shared_sentence(collaboration, schools):
    """Return the sentence that presents `collaboration` on the page all `schools` share, or ""."""
    names = [school.name for school in schools]
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{listed(names)} {verb} proud to be part of {collaboration.name_in_sentence}."


class HomePicture(Ordered, Picture):
    """A picture on the home page."""

    class Meta(Ordered.Meta, Picture.Meta):
        verbose_name = "picture on the home page"
        verbose_name_plural = "pictures on the home page"

    def __str__(self):
        return self.alt_text


class Term(models.Model):
    """A word of school language, with its meaning in plain words."""

    term = models.CharField(max_length=60, unique=True, help_text="As it stands on the pages.")
    also = models.CharField(
        "also written",
        max_length=200,
        blank=True,
        help_text="Other spellings that mean the same, with commas between.",
    )
    stands_for = models.CharField(max_length=120, blank=True, help_text="The letters written out.")
    meaning = models.TextField(
        max_length=600, help_text="One or two sentences that a nine-year-old could follow."
    )
    is_provisional = models.BooleanField(
        "this meaning is provisional",
        default=False,
        help_text="Ticked while the words are those of whoever set up the portal, and no school "
        "has checked them.",
    )

    class Meta:
        verbose_name = "explained word"
        ordering = ["term"]

    def __str__(self):
        return self.term

    def clean(self):
        """Refuse a spelling that another term explains already."""
        taken = {s.casefold() for t in Term.objects.exclude(pk=self.pk) for s in t.spellings()}
        for spelling in self.spellings():
            if spelling.casefold() in taken:
                raise ValidationError(f"“{spelling}” is explained already.")

    def spellings(self):
        """Return every way the term is written, its own first."""
        return [self.term, *(s.strip() for s in self.also.split(",") if s.strip())]


class OldAddressQuerySet(models.QuerySet):
    def find(self, path, query):
        """Return the one that is meant by `path` with the QueryDict `query`, or None.

        What it says after a question mark has to be asked for; more may be.
        """
        asked = set(pairs_of(query))
        meant = [row for row in self.filter(path=bare(path)) if row.pairs <= asked]
        return max(meant, key=lambda row: len(row.pairs), default=None)


class OldAddress(models.Model):
    """An address that nothing answers here any more, and the page to which it leads."""

    address = models.CharField(
        "old address",
        max_length=500,
        unique=True,
        error_messages={"unique": "This old address is here already. Change that one."},
        help_text="From the first slash on, such as /our-plan/, or the whole address.",
    )
    leads_to = models.CharField(
        "page to which it leads",
        max_length=500,
        help_text="Open the page in your browser, and copy its address.",
    )
    # Of the address, what comes before a question mark.
    path = models.CharField(max_length=500, db_index=True, editable=False)

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "old address"
        verbose_name_plural = "old addresses"
        ordering = ["address"]

    def __str__(self):
        return self.address

    def clean(self):
        """Give both addresses their one form; refuse what is answered, or is no page."""
        errors = {}
        for name, read_address in (("address", read_old_address), ("leads_to", read_page)):
            try:
                if getattr(self, name):
                    setattr(self, name, read_address(getattr(self, name)))
                    # Written out in its one form it may be longer than what was typed.
                    self._meta.get_field(name).run_validators(getattr(self, name))
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def save(self, *args, **kwargs):
        """Keep the path apart, by which it is found."""
        self.path = self.address.partition("?")[0]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return escape_uri_path(self.path) + self.address.removeprefix(self.path)

    @property
    def pairs(self):
        """What it says after a question mark, as a set of (name, value)."""
        return set(pairs_of(QueryDict(self.address.partition("?")[2])))
