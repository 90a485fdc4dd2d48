"""The ideas that families send."""

import posixpath

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from collab_site.core.pictures.fields import PictureField
from collab_site.core.schools.models import School
from collab_site.core.tokens import hashed
from naming_contest.models.contest import Contest, Gallery
from naming_contest.name_key import NameKey
from naming_contest.scrubbing import scrub

# Without letters and digits that look or sound like others, and without vowels that make words.
CODE_LETTERS = "BCDFGHJKMPQRTVWXY2346789"
CODE_LENGTH = 6


class DecidedMeanwhile(Exception):
    """The idea isn't any more what the person who decides about it has seen."""


class YearGroup(models.TextChoices):
    NURSERY = "nursery", "Nursery"
    RECEPTION = "reception", "Reception"
    YEAR_1 = "year-1", "Year 1"
    YEAR_2 = "year-2", "Year 2"
    YEAR_3 = "year-3", "Year 3"
    YEAR_4 = "year-4", "Year 4"
    YEAR_5 = "year-5", "Year 5"
    YEAR_6 = "year-6", "Year 6"
    ADULT = "adult", "I am an adult"


class IdeaQuerySet(models.QuerySet):
    def approved(self):
        """Return the ideas that may be shown, the latest approved first."""
        return self.filter(status=Idea.Status.APPROVED).order_by("-decided_at", "-pk")

    def public(self):
        """Return those of the approved ideas whose contest shows them now."""
        over = Q(contest__closes_at__lte=timezone.now())
        at_once = Q(contest__gallery=Gallery.FROM_APPROVAL, contest__is_current=True)
        return self.approved().filter(at_once | over)

    def unfolded(self):
        """Return the ideas without those that only repeat a name."""
        # Written so that SQLite uses its index, which it doesn't for NOT is_folded.
        return self.filter(is_folded__in=[False])

    def shown_in(self, contest):
        """Return what the gallery of `contest` shows now, the latest approved first."""
        shown = self.approved().unfolded().filter(contest=contest)
        return shown if contest.shows_ideas else shown.none()

    def sent(self):
        """Return the ideas that have come, but for those that the office is still entering."""
        return self.exclude(status=Idea.Status.DRAFT)

    def count_alike(self, contest, groups):
        """Return {name_group: how many of the approved ideas have it} for the `groups` given."""
        alike = self.filter(contest=contest, name_group__in=set(groups) - {""})
        alike = alike.filter(status=Idea.Status.APPROVED).order_by().values_list("name_group")
        # Without any column, so that PostgreSQL needs only its index.
        return dict(alike.annotate(number=Count("*")))

    def waiting(self):
        """Return the ideas that nobody has decided on yet, the oldest first."""
        return self.filter(status=Idea.Status.WAITING).order_by("sent_at", "pk")

    def drafts(self):
        """Return the ideas from paper that the office has not finished entering."""
        return self.filter(status=Idea.Status.DRAFT).order_by("pk")

    def sent_with(self, token):
        """Return the one idea, or none, that came in the form with this one-use token."""
        return self.filter(form_token=token) if token else self.none()

    def by_link(self, token):
        """Return the idea whose private link ends with `token`, or None."""
        return self.filter(link_hash=hashed(token)).select_related("contest", "school").first()

    def alike(self, idea):
        """Return the ideas, `idea` among them, that have about the same name."""
        return self.filter(contest=idea.contest_id, name_group=idea.name_group)


def new_code():
    """Return a new short code for a receipt, such as “K7M4QX”."""
    while True:
        code = get_random_string(CODE_LENGTH, CODE_LETTERS)
        if not Idea.objects.filter(code=code).exists():
            return code


class Idea(models.Model):
    """An idea. What it says is changed by its family alone, and goes with it when it goes."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Being entered from paper"
        WAITING = "waiting", "Waiting to be looked at"
        APPROVED = "approved", "Approved: everybody can see it"
        DECLINED = "declined", "Declined: nobody sees it"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="ideas")
    name = models.CharField("a name", max_length=80, blank=True)
    strap_line = models.CharField("a strap line", max_length=140, blank=True)
    logo = PictureField(
        "a logo",
        upload_to="ideas",
        blank=True,
        width_field="logo_width",
        height_field="logo_height",
        db_index=True,
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    logo_alt = models.CharField("what the logo shows", max_length=250, blank=True)
    meaning = models.TextField("what it means", max_length=1000, blank=True)
    first_name = models.CharField("first name or nickname", max_length=40, blank=True)
    shows_first_name = models.BooleanField("show my first name if it is chosen", default=False)
    school = models.ForeignKey(
        School, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas"
    )
    year_group = models.CharField(max_length=10, choices=YearGroup, blank=True)
    adult_agreed = models.BooleanField("an adult has said yes", default=False)
    is_on_paper = models.BooleanField("came on paper", default=False, editable=False)

    # What a family holds: the code to name the idea by, and the private link, kept as its hash.
    code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    link_hash = models.CharField(max_length=64, blank=True, editable=False)
    form_token = models.UUIDField(unique=True, null=True, editable=False)
    # Tells the same form sent twice from another idea written into it.
    form_digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    # Counts every change, so that nobody decides on what they have not seen.
    revision = models.PositiveIntegerField(default=0, editable=False)

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    answer = models.TextField("answer to the family", max_length=500, blank=True)
    is_shortlisted = models.BooleanField("on the shortlist", default=False, editable=False)
    # Ideas with about the same name share a group. Folded are those that say nothing else, but
    # for the first of each group that was approved.
    name_group = models.CharField(max_length=32, blank=True, editable=False)
    is_folded = models.BooleanField(default=False, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = "idea"
        ordering = ["sent_at", "pk"]
        permissions = [
            ("decide_idea", "Can approve and decline ideas"),
            ("enter_idea", "Can enter ideas that came on paper"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="", strap_line="", logo="") | Q(status="draft"),
                name="naming_contest_idea_not_empty",
                violation_error_message="Send a name, a strap line or a logo: at least one.",
            ),
            models.CheckConstraint(
                condition=Q(adult_agreed=True) | Q(status="draft"),
                name="naming_contest_idea_adult_agreed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "waiting"], decided_at=None)
                | Q(status__in=["approved", "declined"], decided_at__isnull=False),
                name="naming_contest_idea_decided_when",
            ),
            models.UniqueConstraint(
                fields=["link_hash"],
                condition=~Q(link_hash=""),
                name="naming_contest_idea_link_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "sent_at", "id"], name="naming_contest_idea_queue"),
            models.Index(
                fields=["status", "school", "sent_at", "id"], name="naming_contest_idea_of_school"
            ),
            models.Index(fields=["status", "decided_at", "id"], name="naming_contest_idea_decided"),
            models.Index(
                fields=["status", "school", "decided_at", "id"],
                name="naming_contest_idea_answered",
            ),
            models.Index(
                fields=["contest", "status", "is_folded", "-decided_at", "-id"],
                name="naming_contest_idea_gallery",
            ),
            models.Index(
                fields=["contest", "name_group", "status"], name="naming_contest_idea_alike"
            ),
            models.Index(
                fields=["contest"],
                condition=Q(is_shortlisted=True),
                name="naming_contest_idea_shortlist",
            ),
        ]

    def __str__(self):
        return f"Idea {self.pk}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Give it a code, and put it with the ideas of about the same name."""
        self.code = self.code or new_code()
        adding, left = self._state.adding, self.name_group
        update_fields = kwargs.get("update_fields")
        if update_fields is None or "name" in update_fields:
            self.name_group = NameSpelling.objects.group_of(self.contest_id, self.name)
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "name_group"}
        super().save(*args, **kwargs)
        if not adding:
            self._fold_groups(left)

    def _fold_groups(self, left):
        for name_group in sorted({left, self.name_group}):
            fold(self.contest_id, name_group)
        if left != self.name_group:
            NameSpelling.objects.forget_unused(self.contest_id, left)
        self.refresh_from_db(fields=["is_folded"])

    @property
    def anchor(self):
        """The name of its place in the gallery, which doesn't tell when it was sent."""
        return f"idea-{salted_hmac('naming_contest.anchor', str(self.pk)).hexdigest()[:8]}"

    def logo_address(self):
        """Return where everybody finds the logo while the idea is approved."""
        return reverse("idea-picture", args=[posixpath.basename(self.logo.name)])

    @transaction.atomic
    def decide(self, status, user, *, seen=None, answer=""):
        """Approve, decline, or put back to wait, in the name of `user`; no word is changed.

        `seen` is the revision that the person has seen, and `answer` what the family reads. Raises
        DecidedMeanwhile where somebody has been faster, and Idea.DoesNotExist if it is gone.
        """
        now = Idea.objects.select_for_update().get(pk=self.pk)
        if seen is not None and now.revision != seen:
            raise DecidedMeanwhile
        if status != self.Status.APPROVED:
            self.remove_adopted_logos()
            self._pass_on()
        waiting = status == self.Status.WAITING
        self.status = status
        self.answer = answer
        self.revision = now.revision + 1
        self.decided_at = None if waiting else timezone.now()
        self.decided_by = None if waiting else user
        self.is_shortlisted = now.is_shortlisted and status == self.Status.APPROVED
        self.save(
            update_fields=[
                "status",
                "answer",
                "revision",
                "decided_at",
                "decided_by",
                "is_shortlisted",
            ]
        )

    @transaction.atomic
    def rewrite(self, fields):
        """Store its family's changes of `fields`: it waits again, and nobody has judged it.

        Raises Idea.DoesNotExist if it is gone.
        """
        Idea.objects.select_for_update().get(pk=self.pk)
        # What was written now has not been forgotten yet.
        self.changed_at, self.forgotten_at = timezone.now(), None
        self.save(update_fields=[*fields, "changed_at", "forgotten_at"])
        self.scores.all().delete()
        self.decide(self.Status.WAITING, None)
        transaction.on_commit(scrub)

    @transaction.atomic
    def delete(self, *args, **kwargs):
        """Delete it with its files, its scores and every trace of its name, from the disk, too.

        Raises Idea.DoesNotExist if it is gone already.
        """
        # Its family may have changed it since it was read, and its files with it.
        self.refresh_from_db(from_queryset=Idea.objects.select_for_update())
        self.remove_adopted_logos()
        self._pass_on()
        deleted = super().delete(*args, **kwargs)
        NameSpelling.objects.forget_unused(self.contest_id, self.name_group)
        fold(self.contest_id, self.name_group)
        transaction.on_commit(scrub)
        return deleted

    def _pass_on(self):
        """Let the next idea of the same name stand for it, on the shortlist and with its scores."""
        group = Idea.objects.alike(self).approved() if self.name_group else Idea.objects.none()
        heir = group.exclude(pk=self.pk).order_by("decided_at", "pk").first()
        if heir is None:
            return
        own = heir.scores.filter(part="name").values("judge")
        self.scores.filter(part="name").exclude(judge__in=own).update(idea=heir)
        if self.is_shortlisted:
            Idea.objects.filter(pk=heir.pk).update(is_shortlisted=True)

    def remove_adopted_logos(self):
        """Delete the logos that the portal has taken from it, the one in use among them."""
        for adoption in self.adoptions.exclude(logo=None):
            adoption.logo.delete()
            transaction.on_commit(scrub)


def fold(contest, name_group):
    """Fold those approved ideas that only repeat the name of an earlier one of their group.

    Whoever changes an idea calls it in the same transaction. It takes turns for each group, so
    that the last to come sees what the others have decided.
    """
    if not name_group:
        return
    NameSpelling.objects.hold(contest, name_group)
    group = Idea.objects.filter(contest=contest, name_group=name_group)
    approved = group.filter(status=Idea.Status.APPROVED).order_by("decided_at", "pk")
    first = approved.values_list("pk", flat=True).first()
    repeats = Q(strap_line="", logo="", meaning="", status=Idea.Status.APPROVED) & ~Q(pk=first)
    _set_folded(group.filter(repeats, is_folded=False), True)
    _set_folded(group.filter(is_folded=True).exclude(repeats), False)


def _set_folded(ideas, is_folded):
    # What is locked is being changed by somebody who folds the group again after this turn.
    free = ideas.select_for_update(
        no_key=connection.features.has_select_for_no_key_update,
        skip_locked=connection.features.has_select_for_update_skip_locked,
    )
    pks = list(free.values_list("pk", flat=True))
    if pks:
        Idea.objects.filter(pk__in=pks).update(is_folded=is_folded)


class NameSpellingQuerySet(models.QuerySet):
    def hold(self, contest_id, name_group):
        """Let nobody else fold this group until the transaction ends."""
        founder = self.filter(contest=contest_id, spelling=name_group)
        list(founder.select_for_update().values_list("pk"))

    def group_of(self, contest_id, name):
        """Return the group of ideas with about this name, "" for no name; it may be a new one."""
        name_key = NameKey(name)
        if not name_key.key:
            return ""
        own = self.filter(contest=contest_id, spelling__in=name_key.spellings)
        found = dict(own.values_list("spelling", "group"))
        if found:
            return found.get(name_key.spelling) or min(found.values())
        return self._found_group(contest_id, name_key, own)

    def _found_group(self, contest_id, name_key, own):
        # In one order for everybody, so that two who come at once don't wait for each other.
        rows = [
            NameSpelling(contest_id=contest_id, spelling=spelling, group=name_key.spelling)
            # In order, so that of two families with one idea neither waits for the other for ever.
            for spelling in sorted(name_key.spellings)
        ]
        self.bulk_create(rows, ignore_conflicts=True)
        # Whoever came at the same moment with about the same name was there first.
        groups = set(own.values_list("group", flat=True))
        group = min(groups - {name_key.spelling}, default=name_key.spelling)
        if group != name_key.spelling:
            own.filter(group=name_key.spelling).update(group=group)
        return group

    def forget_unused(self, contest_id, name_group):
        """Drop the spellings of a group that no idea belongs to any more."""
        used = Idea.objects.filter(contest=contest_id, name_group=name_group)
        if name_group and not used.exists():
            self.filter(contest=contest_id, group=name_group).delete()


class NameSpelling(models.Model):
    """A way to write a name, by which ideas with about the same name are put together.

    Only hashes are kept, so that nothing of a name stays when its last idea has gone.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    spelling = models.CharField(max_length=32)
    group = models.CharField(max_length=32)

    objects = NameSpellingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "spelling"], name="naming_contest_spelling_once"
            )
        ]
        indexes = [models.Index(fields=["contest", "group"], name="naming_contest_spelling_group")]

    def __str__(self):
        return self.spelling
