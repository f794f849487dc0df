"""The roles of the inventory service."""

from contextlib import closing
from functools import partial
from importlib.resources import files
from threading import Event

from injector import Injector

from inventory_service.app.di import InventoryModule, Mongo
from inventory_service.config.settings import InventorySettings
from inventory_service.converter.catalogue_file import parts_from_toml
from inventory_service.service.prepare_catalogue import PrepareCatalogue
from libs.clock import utc_now
from libs.grpc.server import GrpcServer
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.stopping import end_job_on_signal
from libs.lifecycle.waiting import wait_until_ready
from libs.logging.setup import configure_logging
from libs.mongo.client import ping
from libs.settings.base import from_environment


def grpc() -> None:
    """Answer questions about parts over gRPC."""
    objects = _objects()
    server = objects.get(GrpcServer)
    server.bind()
    run_until_stopped(server.serve, closing=[objects.get(Mongo).close])


def migrate() -> None:
    """Create the indexes, and the first parts in an empty catalogue."""
    objects = _objects()
    mongo = objects.get(Mongo)
    prepare = objects.get(PrepareCatalogue)
    text = files("inventory_service").joinpath("catalogue.toml").read_text(encoding="utf-8")
    first_parts = parts_from_toml(text, created_at=utc_now())

    end_job_on_signal()
    with closing(mongo):
        wait_until_ready("mongodb", partial(ping, mongo), stop=Event())
        prepare(first_parts)


def _objects() -> Injector:
    settings = from_environment(InventorySettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return Injector([InventoryModule(settings)], auto_bind=False)
