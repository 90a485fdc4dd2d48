"""How many ideas one network address may send."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils.crypto import salted_hmac

from naming_contest.models import TokenBucket


def take_turn(request):
    """Count one idea against the address it comes from.

    Returns 0, or the seconds to wait if too many have come from there. Raises PermissionDenied if
    the request has no address.
    """
    address = get_adapter().get_client_ip(request)
    return TokenBucket.objects.take(bucket_key(address), settings.SUGGESTIONS_PER_HOUR)


def bucket_key(address):
    """Return the name of an address's bucket, from which nobody learns the address."""
    address = ipaddress.ip_address(address)
    # A listener for both kinds tells IPv4 addresses as IPv6 ones of a single network.
    network = ipaddress.ip_network(getattr(address, "ipv4_mapped", None) or address)
    if network.version == 6:
        # A household has a whole network of these: RFC 6177.
        network = network.supernet(new_prefix=64)
    return salted_hmac("naming_contest.limits", str(network), algorithm="sha256").hexdigest()
