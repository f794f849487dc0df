"""The role that answers REST calls."""

from collections.abc import Sequence

import structlog
from flask import Flask
from injector import Injector

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.starting import start
from order_service.api.http.application import Gate
from order_service.api.http.guards.key_ids import key_id
from order_service.api.http.server.server import HttpServer
from order_service.app.di.charging import ChargingModule
from order_service.app.di.http import HttpModule
from order_service.app.di.storage import StorageModule
from order_service.config.settings import SERVICE, HttpSettings

MIN_KEY_CHARACTERS = 16
"""Shorter keys can be guessed, also from the key's id in a log."""

log = structlog.get_logger(__name__)


def run_http() -> None:
    """Answer REST calls. Also starts while engines are down: calls that need them get 503."""
    settings = start(HttpSettings)
    modules = [StorageModule(settings), ChargingModule(settings), HttpModule(settings)]
    injector = Injector(modules, auto_bind=False)
    server = HttpServer(settings.http_host, settings.http_port)
    say_who_may_call(settings.each_api_key)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "http")
    server.run(injector.get(Flask), injector.get(Gate).keys, heartbeat)


def say_who_may_call(keys: Sequence[str]) -> None:
    if keys:
        log.info("api_keys_required", keys=[key_id(key) for key in keys])
    else:
        log.warning("api_open_to_everybody", set_this="ORDER_API_KEYS")
    for key in keys:
        if len(key) < MIN_KEY_CHARACTERS:
            log.warning("api_key_short", key=key_id(key), characters=len(key))
