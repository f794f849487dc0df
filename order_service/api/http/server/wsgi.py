"""Calls the WSGI application with a request that has arrived in whole."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp.web import BaseRequest

Application = Callable[..., Iterable[bytes]]

Environ = dict[str, Any]

Headers = list[tuple[str, str]]

ROUTE = "shipyard.route"
"""Variable in which the application leaves the name of the view that answers."""

NO_ROUTE = "none"


@dataclass(slots=True)
class WsgiAnswer:
    status: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: Headers, _exc_info: object = None) -> None:
        self.status, self.headers = status, headers


def ask(application: Application, environ: Environ) -> WsgiAnswer:
    """Call the application and collect its whole answer."""
    answer = WsgiAnswer()
    parts = application(environ, answer.start)
    try:
        answer.body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    return answer


def environ_of(request: BaseRequest, body: bytes) -> Environ:
    path, query = _path_and_query(request.raw_path)
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": f"HTTP/{request.version.major}.{request.version.minor}",
        "SERVER_NAME": "",
        "SERVER_PORT": "",
        "REMOTE_ADDR": request.remote or "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **_header_variables(request),
    }


def _path_and_query(target: str) -> tuple[str, str]:
    """Split the request target; accepts the absolute form that proxies send, too."""
    scheme, _, rest = target.partition("://")
    if scheme.lower() in {"http", "https"}:
        target = f"/{rest.partition('/')[2]}"
    path, _, query = target.partition("#")[0].partition("?")
    return path, query


def _header_variables(request: BaseRequest) -> dict[str, str]:
    """Name the headers as WSGI does. Drops X_Api_Key, which would read as X-Api-Key."""
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        if "_" in name:
            continue
        variable = name.upper().replace("-", "_")
        if variable not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            variable = f"HTTP_{variable}"
        found[variable] = f"{found[variable]},{value}" if variable in found else value
    return found
