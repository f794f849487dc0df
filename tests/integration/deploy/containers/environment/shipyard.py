"""The variables of the command line: what services call alike has the service before its name."""

from assembly_service.config.settings import ConsumerSettings
from deploy.shipyard.servers import GROUPS
from deploy.shipyard.surroundings import URL_VARIABLE
from libs.contracts.events.declared import EVENTS
from libs.contracts.settings import TopicSettings
from libs.settings.base import Settings
from libs.settings.groups import CelerySettings, KafkaSettings, PostgresSettings
from order_service.config.settings import ChargingSettings, InventorySettings

SHARED = (KafkaSettings, CelerySettings, TopicSettings, ChargingSettings, InventorySettings)

DATABASES = ("ORDER", "NOTIFICATION")


def read_by_shipyard() -> set[str]:
    groups = {
        f"{service.upper()}_{event.group_variable}"
        for service, settings in GROUPS.items()
        for event in EVENTS
        if event.group_field in settings.model_fields
    }
    return {
        *(name for each in SHARED for name in aliases(each)),
        *(name for name in aliases(ConsumerSettings) if name.startswith("ASSEMBLY_BUILD_TIME")),
        *(f"{database}_{name}" for database in DATABASES for name in aliases(PostgresSettings)),
        *groups,
        URL_VARIABLE,
        "ORDER_API_KEYS",
    }


def aliases(settings: type[Settings]) -> set[str]:
    return {str(field.alias) for field in settings.model_fields.values()}
