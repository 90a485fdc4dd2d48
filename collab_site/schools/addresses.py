"""The portal's addresses as others see them: with its host, whatever host was asked."""

from django.conf import settings
from django.urls import get_script_prefix


def absolute(address):
    """Return an address, as `reverse` gives it, with the portal's host."""
    return settings.PUBLIC_URL + address


def canonical(address):
    """Return the one address of what `address` leads to: without the school's entrance."""
    return absolute("/" + address.removeprefix(get_script_prefix()))
