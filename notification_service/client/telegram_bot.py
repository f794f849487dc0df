"""The Bot object, with the time limits of a process that must stop quickly."""

from telegram import Bot
from telegram.request import HTTPXRequest

CONNECT_WITHIN_S = 3.0
ANSWER_WITHIN_S = 8.0
POOL_SIZE = 8


def create_bot(token: str, api_url: str, *, proxy: str | None = None) -> Bot:
    """Create a Bot that connects on first use, through the proxy if one is named.

    What the environment says of proxies (http_proxy and its like) is not read.
    """
    return Bot(
        token,
        base_url=f"{api_url.rstrip('/')}/bot",
        request=_requests(POOL_SIZE, proxy),
        get_updates_request=_requests(1, proxy),
    )


def _requests(pool_size: int, proxy: str | None) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=pool_size,
        connect_timeout=CONNECT_WITHIN_S,
        write_timeout=CONNECT_WITHIN_S,
        read_timeout=ANSWER_WITHIN_S,
        pool_timeout=1.0,
        proxy=proxy,
        httpx_kwargs={"trust_env": False},
    )
