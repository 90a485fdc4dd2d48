"""The daily e-mail to those who decide about ideas: how many wait, and never what they say."""

import logging

from django.core.mail import send_mail
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collab_site.core.schools.addresses import absolute
from naming_contest.models import Idea, Moderator
from naming_contest.moderating import Desk
from naming_contest.templatetags.moderating import counted

logger = logging.getLogger(__name__)


def remind_moderators():
    """Write to everybody who wants it, for whom ideas wait, and who had no e-mail today.

    Returns how many e-mails were sent, and how many could not be.
    """
    today = timezone.localdate()
    outcomes = [
        _remind(moderator, today)
        for moderator in Moderator.objects.filter(wants_email=True).select_related("user")
        if moderator.user.has_perm("naming_contest.decide_idea")
    ]
    return outcomes.count(True), outcomes.count(False)


def _remind(moderator, today):
    """Return whether the e-mail was sent; None if there was no need for one."""
    waiting = Desk(moderator.user).count(Idea.Status.WAITING)
    rows = Moderator.objects.filter(pk=moderator.pk)
    # Taken before it is sent, so that nobody else who runs this at the same time sends it, too.
    if not waiting or not rows.exclude(reminded_on=today).update(reminded_on=today):
        return None
    try:
        _send(moderator.user, waiting)
    except Exception:
        rows.update(reminded_on=moderator.reminded_on)
        logger.exception("A daily e-mail could not be sent.")
        return False
    return True


def _send(user, waiting):
    subject = f"{counted(waiting)} idea{pluralize(waiting, ' waits,s wait')} for you"
    context = {
        "person": user,
        "subject": subject,
        "address": absolute(reverse("admin:naming_contest_idea_changelist")),
    }
    text = render_to_string("naming_contest/email/waiting.txt", context)
    send_mail(subject, text, None, [user.email])
