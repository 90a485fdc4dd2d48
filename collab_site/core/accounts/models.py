"""Who may sign in: people of the schools, and the one-time links that let them in first."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import School
from collab_site.core.tokens import hashed

LAST_HEADTEACHER = (
    "Nobody else could look after the people who sign in. Make somebody else a headteacher first, "
    "and wait until they have chosen a password."
)


class UserQuerySet(models.QuerySet):
    def headteachers(self):
        """Return the headteachers who can sign in."""
        return self.filter(is_active=True, groups__name=Role.HEADTEACHER.label).exclude(
            password__startswith=UNUSABLE_PASSWORD_PREFIX
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    @classmethod
    def normalize_email(cls, email):
        """Return `email` as it is kept: capital letters make no difference."""
        return email.strip().lower()

    def create_user(self, email, password=None, **fields):
        """Return a new person; without a password nobody can sign in as them yet."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractUser):
    """A person who may sign in, by e-mail address."""

    username = None
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    is_staff = models.BooleanField(default=True, editable=False)
    is_active = models.BooleanField(
        "can sign in",
        default=True,
        help_text="Take the tick away when somebody leaves. It signs them out at once.",
    )
    email = models.EmailField(
        "e-mail", help_text="They sign in with it. Only headteachers can see it here."
    )
    school = models.ForeignKey(
        School, on_delete=models.SET_NULL, null=True, blank=True, related_name="people"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people who can sign in"
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                violation_error_message="Somebody with this e-mail has an account already.",
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.email

    def save(self, *args, **kwargs):
        """Keep the e-mail address as it will be looked for."""
        self.email = User.objects.normalize_email(self.email)
        super().save(*args, **kwargs)

    def clean(self):
        """Refuse to lock out the last headteacher."""
        super().clean()
        if not self.is_active and self.is_last_headteacher():
            raise ValidationError({"is_active": LAST_HEADTEACHER})

    @property
    def role(self):
        """The person's Role, or None."""
        names = {group.name for group in self.groups.all()}
        return next((role for role in Role if role.label in names), None)

    def give_role(self, role):
        """Make `role` the person's only role."""
        self.check_role(role)
        self.groups.set([role.group()])

    def check_role(self, role):
        """Raise ValidationError if giving `role` would leave no headteacher."""
        if role != Role.HEADTEACHER and self.is_last_headteacher():
            raise ValidationError(LAST_HEADTEACHER)

    def is_last_headteacher(self):
        """Return whether without this person no headteacher could sign in.

        Within a transaction nobody else gets an answer until it ends: two headteachers who demote
        each other at once must not both be told that another one is left.
        """
        with transaction.atomic():
            Role.HEADTEACHER.lock()
            return list(User.objects.headteachers()) == [self]

    def can_be_deleted(self):
        """Return whether no headteacher and no trace of who did what would be lost with them."""
        return not (self.is_last_headteacher() or self._is_named_elsewhere())

    def _is_named_elsewhere(self):
        links = (
            link
            for link in self._meta.get_fields(include_hidden=True)
            if link.one_to_many and link.on_delete is not models.CASCADE
        )
        return any(
            link.related_model._base_manager.filter(**{link.field.name: self}).exists()
            for link in links
        )


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Return those that can still be used."""
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def by_token(self, token):
        """Return the open invitation with this token, or None; who may not sign in has none."""
        found = self.open().filter(token_hash=hashed(token)).exclude(user__is_active=False)
        return found.select_related("user").first()


class Invitation(models.Model):
    """A link that works once: its owner sets a password with it.

    Without a `user` it makes the first account. Only the token's hash is kept.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "one-time link"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")),
                name="accounts_invitation_lasts",
            )
        ]

    def __str__(self):
        return f"Link for {self.user or 'the first account'}"

    @classmethod
    @transaction.atomic
    def make(cls, user=None, made_by=None):
        """Make a link's token (256 bits) and return it; earlier links of the same owner end."""
        token = secrets.token_urlsafe(32)
        now = timezone.now()
        cls.objects.open().filter(user=user).update(used_at=now)
        cls.objects.create(
            user=user,
            made_by=made_by,
            made_at=now,
            token_hash=hashed(token),
            expires_at=now + timedelta(days=settings.INVITATION_DAYS),
        )
        return token

    @classmethod
    def make_link(cls, user=None, made_by=None):
        """Make a link as `make` does, and return its whole address."""
        return settings.PUBLIC_URL + reverse("welcome", args=[cls.make(user, made_by)])

    def use_up(self):
        """Mark the link as used and return whether this call was the first to do so."""
        unused = Invitation.objects.open().filter(pk=self.pk)
        return unused.update(used_at=timezone.now()) == 1
