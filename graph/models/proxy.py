"""The proxy that the environment names for an address, read once and not for each call."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from yarl import URL

from graph.errors import ModelMisconfigured


def proxy_of(address: str) -> URL | None:
    """Give the proxy that `HTTPS_PROXY` or `HTTP_PROXY` names, unless `NO_PROXY` holds the address's host.

    A name and a password of the proxy stay in its URL.

    Raises:
        ModelMisconfigured: the variable names no http proxy.
    """
    target = URL(address)
    written = getproxies().get(target.scheme)
    if not written or target.host is None or proxy_bypass(target.host):
        return None
    variable = f"{target.scheme.upper()}_PROXY"
    try:
        proxy = URL(written if "://" in written else f"http://{written}")
    except ValueError:
        raise ModelMisconfigured(f"{variable} is no address") from None
    if proxy.scheme not in ("http", "https") or proxy.host is None:
        raise ModelMisconfigured(f"{variable} names no http proxy: use http://HOST:PORT")
    return proxy
