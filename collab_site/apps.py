from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "collab_site"
    verbose_name = "The portal"

    def ready(self):
        """Register the system checks."""
        from collab_site.portal import checks  # noqa: F401


class PortalAdminConfig(AdminConfig):
    default_site = "collab_site.portal.admin_site.PortalAdminSite"
