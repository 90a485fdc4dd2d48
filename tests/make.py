"""Rows for tests: each helper makes one that is valid as it stands; keywords change it."""

import io
import uuid
from contextlib import suppress
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone
from pypdf import PdfWriter

from achievements.models import Achievement, AchievementPicture
from actionplan.academic_year import academic_year
from actionplan.files import check_document
from actionplan.models import (
    Audience,
    Evidence,
    NothingToPublish,
    Plan,
    Possibility,
    Step,
    Strand,
    Update,
)
from aims.models import Aim, Point, Purpose
from collab_site.core.accounts.models import User
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.schools.models import Collaboration, HomePicture, OldAddress, School, Term
from naming_contest.models import Contest, Idea, Part, Winner
from tests.pictures.samples import drawing, saved

numbers = count(1)


def make_collaboration(**kwargs):
    fields = {
        "name": "River Group",
        "colour": "#224466",
        "welcome": "Hello",
        "introduction": "We work together.",
        "plan_name": "Our plan",
    }
    return Collaboration.objects.create(**fields | kwargs)


def make_school(**kwargs):
    number = next(numbers)
    fields = {
        "name": f"School {number}",
        "short_name": f"S{number}",
        "slug": f"school-{number}",
        "colour": "#aa0000",
    }
    return School.objects.create(**fields | kwargs)


def make_user(role=None, **kwargs):
    """Make a person who may sign in with the password "a-long-password"; `role` is a Role."""
    fields = {"email": f"person-{next(numbers)}@school.example", "password": "a-long-password"}
    user = User.objects.create_user(**fields | kwargs)
    if role:
        user.give_role(role)
    return user


def make_term(**kwargs):
    fields = {"term": f"Term {next(numbers)}", "meaning": "A word of school language."}
    return Term.objects.create(**fields | kwargs)


def make_old_address(address="/our-plan", leads_to="/plan/"):
    """Make an old address as a person would type it."""
    row = OldAddress(address=address, leads_to=leads_to)
    row.full_clean(exclude=["path"])
    row.save()
    return row


def make_home_picture(**kwargs):
    fields = {"image": make_picture(), "alt_text": "A drawing", "is_safe": True}
    return HomePicture.objects.create(**fields | kwargs)


def make_aim(heading="Our purpose", points=(), **kwargs):
    """Make an aim with its purpose, and points under it from their texts."""
    aim = Aim.objects.create(**{"title": f"Aim {next(numbers)}"} | kwargs)
    purpose = Purpose.objects.create(aim=aim, heading=heading)
    for text in points:
        Point.objects.create(purpose=purpose, text=text)
    return aim


def make_plan(**kwargs):
    """Make a plan, of this academic year if none is named."""
    return Plan.objects.create(**{"year": academic_year()} | kwargs)


def make_strand(steps=(), **kwargs):
    """Make a strand, in this academic year's plan if none is named, and steps from their texts."""
    if "plan" not in kwargs:
        kwargs["plan"] = Plan.objects.filter(year=academic_year()).first() or make_plan()
    strand = Strand.objects.create(**{"title": f"Strand {next(numbers)}"} | kwargs)
    for text in steps:
        make_step(strand=strand, text=text)
    return strand


def make_step(**kwargs):
    if "strand" not in kwargs:
        kwargs["strand"] = make_strand()
    return Step.objects.create(**{"text": "Meet."} | kwargs)


def publish(*plans):
    """Publish the draft of each of `plans`, or of all there are; return the last edition."""
    edition = None
    for plan in plans or Plan.objects.all():
        with suppress(NothingToPublish):
            edition = plan.publish()
    return edition


def make_possibility(**kwargs):
    if "plan" not in kwargs:
        kwargs["plan"] = make_plan()
    return Possibility.objects.create(**{"text": "A shared choir?"} | kwargs)


def make_achievement(**kwargs):
    return Achievement.objects.create(**{"title": f"Achievement {next(numbers)}"} | kwargs)


def make_achievement_picture(**kwargs):
    if "achievement" not in kwargs:
        kwargs["achievement"] = make_achievement()
    fields = {"image": make_picture(), "alt_text": "A drawing", "is_safe": True}
    return AchievementPicture.objects.create(**fields | kwargs)


def make_contest(**kwargs):
    return Contest.objects.create(**{"title": "Name us", "call": "Please think."} | kwargs)


def make_idea(**kwargs):
    """Make an idea; without a `status` it waits."""
    if "contest" not in kwargs:
        kwargs["contest"] = Contest.objects.current() or make_contest()
    fields = {"name": "Three Oaks", "adult_agreed": True, "form_token": uuid.uuid4()} | kwargs
    if fields.get("status", "waiting") != "waiting":
        fields.setdefault("decided_at", timezone.now())
    return Idea.objects.create(**fields)


def make_winner(part=Part.NAME, **kwargs):
    """Make the winner of a part, from a new approved idea of the contest if none is named."""
    contest = kwargs.setdefault("contest", Contest.objects.current() or make_contest())
    if "idea" not in kwargs:
        kwargs["idea"] = make_idea(contest=contest, status="approved", **WINNING[part]())
    return Winner.objects.create(part=part, **kwargs)


def make_picture():
    """Return a clean picture, as a form gives it to a model."""
    return clean_picture(ContentFile(saved(drawing(), "PNG")))


def make_update(**kwargs):
    """Make a public update of today on the whole plan of this academic year, if none is named."""
    if "plan" not in kwargs:
        kwargs["plan"] = Plan.objects.filter(year=academic_year()).first() or make_plan()
    fields = {"text": f"Something happened: {next(numbers)}.", "audience": Audience.PUBLIC}
    return Update.objects.create(**fields | kwargs)


def make_evidence(kind=Evidence.Kind.VIDEO, **kwargs):
    """Make a public piece of evidence of this kind, with what the kind can't do without."""
    if "update" not in kwargs:
        kwargs["update"] = make_update()
    fields = {"audience": Audience.PUBLIC} | EVIDENCE[kind]()
    return Evidence.objects.create(**{"kind": kind} | fields | kwargs)


def make_pdf(title="A report"):
    """Return the bytes of a PDF of one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Title": title})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def make_document():
    """Return a checked PDF, as a form gives it to a model."""
    return check_document(ContentFile(make_pdf()))


WINNING = {
    Part.NAME: lambda: {"name": "Three Oaks"},
    Part.STRAP_LINE: lambda: {"strap_line": "Growing together"},
    Part.LOGO: lambda: {"logo": make_picture(), "logo_alt": "Three trees"},
}
EVIDENCE = {
    Evidence.Kind.VIDEO: lambda: {"url": "https://video.example/1", "title": "A film"},
    Evidence.Kind.REPORT: lambda: {"document": make_document(), "title": "A report"},
    Evidence.Kind.PRESENTATION: lambda: {"document": make_document(), "title": "Slides"},
    Evidence.Kind.PICTURE: lambda: {
        "image": make_picture(),
        "alt_text": "A drawing",
        "is_safe": True,
    },
    Evidence.Kind.IMPACT: lambda: {"text": "More children ask questions."},
}
