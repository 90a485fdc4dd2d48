"""How many ideas one network address may send, and how many pictures are kept for its forms."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils.crypto import salted_hmac

from naming_contest.models import TokenBucket

HELD_FOR_EACH_IDEA = 4


def consume_quota(request):
    """Count one idea against the address it comes from.

    Returns 0, or the seconds to wait if too many have come from there. Raises PermissionDenied if
    the request has no address.
    """
    key = bucket_key(get_adapter().get_client_ip(request))
    return TokenBucket.objects.take(key, settings.SUGGESTIONS_PER_HOUR)


def consume_hold_quota(request):
    """Count one picture that is kept for a form; return whether its address may have it kept."""
    key = bucket_key(get_adapter().get_client_ip(request), "held")
    return not TokenBucket.objects.take(key, HELD_FOR_EACH_IDEA * settings.SUGGESTIONS_PER_HOUR)


def bucket_key(address, counted="sent"):
    """Return the name of an address's bucket, from which nobody learns the address."""
    address = ipaddress.ip_address(address)
    # A listener for both kinds tells IPv4 addresses as IPv6 ones of a single network.
    network = ipaddress.ip_network(getattr(address, "ipv4_mapped", None) or address)
    if network.version == 6:
        # A household has a whole network of these: RFC 6177.
        network = network.supernet(new_prefix=64)
    salt = f"naming_contest.limits.{counted}"
    return salted_hmac(salt, str(network), algorithm="sha256").hexdigest()
