"""The role that answers REST calls."""

from threading import Event, Thread

from flask import Flask

from libs.health.heartbeat import Heartbeat
from order_service.api.http.liveness import SelfProbe
from order_service.api.http.server import HttpServer
from order_service.app.app import start


def run_http() -> None:
    """Answer REST calls, also while engines are away: those calls get 503."""
    settings, injector = start()
    server = HttpServer(settings.http_host, settings.http_port)
    probe = SelfProbe(
        settings.http_host,
        settings.http_port,
        Heartbeat(settings.state_dir, "order_service", "http"),
    )
    Thread(target=probe.run, args=(Event(),), name="self-probe", daemon=True).start()
    server.run(injector.get(Flask))
