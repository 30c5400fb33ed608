"""From which address a request comes, also behind proxies."""

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(peer: str | None, forwarded_for: Iterable[str], proxies: Sequence[Network]) -> str:
    """The nearest address that is not one of our proxies; of IPv6 the network, since a client has a whole /64.

    `forwarded_for` is the values of X-Forwarded-For. What stands left of an address that is not ours was written by
    that client, and may be anything, so it is not looked at.
    """
    hops = [peer or "", *reversed([hop.strip() for line in forwarded_for for hop in line.split(",")])]
    nearest = "unknown"
    for hop in hops:
        address = _address(hop)
        if address is None:
            break
        nearest = str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
        if not any(address in proxy for proxy in proxies):
            break
    return nearest


def _address(hop: str) -> Address | None:
    try:
        address = ipaddress.ip_address(hop)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
