"""The process that answers REST calls: the only one, or one of several."""

from flask import Flask
from injector import Injector

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.garbage import freeze_what_stays
from order_service.api.http.application import Gate
from order_service.api.http.server.listener import Shared
from order_service.api.http.server.server import HttpServer
from order_service.app.di.charging import ChargingModule
from order_service.app.di.http import HttpModule
from order_service.app.di.storage import StorageModule
from order_service.config.settings import HttpSettings


class HttpWorker:
    """Builds the application and binds the port, or shares the listener of a main process."""

    def __init__(
        self, settings: HttpSettings, heartbeat: Heartbeat, shared: Shared | None = None
    ) -> None:
        modules = [StorageModule(settings), ChargingModule(settings), HttpModule(settings)]
        self._injector = Injector(modules, auto_bind=False)
        self._heartbeat = heartbeat
        self._server = HttpServer(settings.http_host, settings.http_port, shared=shared)

    def run(self) -> None:
        keys, application = self._injector.get(Gate).keys, self._injector.get(Flask)
        freeze_what_stays()
        self._server.run(application, keys, self._heartbeat)
