"""The role that answers REST calls."""

from threading import Event, Thread

from flask import Flask
from injector import Injector

from libs.health.heartbeat import Heartbeat
from order_service.api.http.liveness import SelfProbe
from order_service.api.http.server import HttpServer
from order_service.app.app import SERVICE, start
from order_service.app.di import OrderModule
from order_service.app.di_http import HttpModule


def run_http() -> None:
    """Answer REST calls, also while engines are away: those calls get 503."""
    settings = start()
    injector = Injector([OrderModule(settings), HttpModule(settings)], auto_bind=False)
    server = HttpServer(settings.http_host, settings.http_port)
    probe = SelfProbe(
        settings.http_host,
        settings.http_port,
        Heartbeat(settings.state_dir, SERVICE, "http"),
    )
    Thread(target=probe.run, args=(Event(),), name="self-probe", daemon=True).start()
    server.run(injector.get(Flask))
