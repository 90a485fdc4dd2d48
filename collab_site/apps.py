from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "collab_site"
    verbose_name = "The portal"


class PortalAdminConfig(AdminConfig):
    default_site = "collab_site.admin_site.PortalAdminSite"
