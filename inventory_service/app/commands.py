from contextlib import closing
from functools import partial
from importlib.resources import files
from threading import Event

from injector import Injector

from inventory_service.app.di import Mongo, StorageModule
from inventory_service.config.settings import SERVICE, MigrateSettings
from inventory_service.converter.catalogue_file import parts_from_toml
from inventory_service.service.prepare_catalogue import PrepareCatalogue
from libs.clock import utc_now
from libs.lifecycle.starting import start
from libs.lifecycle.stopping import end_job_on_signal
from libs.lifecycle.waiting import wait_until_ready
from libs.mongo.client import ping


def run_migrate() -> None:
    """Create the indexes, and the seed parts if the catalogue is empty."""
    injector = Injector([StorageModule(start(MigrateSettings))], auto_bind=False)
    mongo = injector.get(Mongo)
    prepare = injector.get(PrepareCatalogue)
    text = files(SERVICE).joinpath("catalogue.toml").read_text(encoding="utf-8")
    first_parts = parts_from_toml(text, created_at=utc_now())

    end_job_on_signal()
    with closing(mongo):
        wait_until_ready("mongodb", partial(ping, mongo), stop=Event())
        prepare(first_parts)
