"""Variables of the environment, as a role reads them; nothing listens at these addresses."""

KAFKA = {"KAFKA_BROKERS": "kafka.invalid:9092"}
CELERY = {"CELERY_BROKER_URL": "redis://redis.invalid/0"}
POSTGRES = {
    "POSTGRES_HOST": "postgres.invalid",
    "POSTGRES_USER": "shipyard",
    "POSTGRES_PASSWORD": "a-secret",
    "POSTGRES_DB": "a-database",
}
