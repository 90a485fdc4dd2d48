"""What search engines are told of: every public page, once, without the schools' entrances."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from actionplan.models import Plan
from naming_contest.models import Contest


class PortalSitemap(Sitemap):
    """A sitemap whose addresses begin with PUBLIC_URL, whatever host it is asked on."""

    protocol = urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.PUBLIC_URL).netloc


class PagesSitemap(PortalSitemap):
    def items(self):
        story = ["story"] if Contest.objects.with_story() else []
        return [
            "home",
            "latest",
            "aims",
            "plan",
            "achievements",
            "name-us",
            "gallery",
            "suggest",
            "schools",
            "accessibility",
            "privacy",
            *story,
        ]

    def location(self, item):
        return reverse(item)


class PlansSitemap(PortalSitemap):
    def items(self):
        return Plan.objects.published()


SITEMAPS = {"pages": PagesSitemap, "plans": PlansSitemap}
