from django.apps import AppConfig


class NamingContestConfig(AppConfig):
    name = "naming_contest"
    verbose_name = "The suggestion box"
