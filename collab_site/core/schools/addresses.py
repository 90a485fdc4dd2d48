"""The portal's addresses as others see them: with its host, whatever host was asked."""

from django.conf import settings
from django.urls import get_script_prefix, reverse


def absolute(address):
    """Return an address, as `reverse` gives it, with the portal's host."""
    return settings.PUBLIC_URL + address


def canonical(address):
    """Return the one address of what `address` leads to: without the school's entrance."""
    return absolute("/" + address.removeprefix(get_script_prefix()))


def through_entrance(school, route, *args):
    """Return the address, with the portal's host, of a public page through a school's entrance."""
    address = reverse(route, args=args, urlconf=settings.ENTRANCE_URLCONF)
    return absolute(school.entrance + address.removeprefix(get_script_prefix()))
