import pytest
from pydantic import SecretStr, ValidationError

from libs.mongo.client import create_mongo_client
from libs.settings.groups import MongoSettings


def settings(**changes: object) -> MongoSettings:
    return MongoSettings.model_validate({"MONGO_HOST": "127.0.0.1", "MONGO_PORT": 9, **changes})


def test_a_login_is_made_against_its_own_database() -> None:
    login = settings(
        MONGO_INITDB_ROOT_USERNAME="root",
        MONGO_INITDB_ROOT_PASSWORD=SecretStr("word"),
        MONGO_AUTH_DB="accounts",
    )

    with create_mongo_client(login) as client:
        credentials = client.options._options  # noqa: SLF001  # pymongo shows them nowhere else

    assert (credentials["username"], credentials["authsource"]) == ("root", "accounts")


def test_no_user_name_means_no_login() -> None:
    with create_mongo_client(settings()) as client:
        assert client.options.pool_options._credentials is None  # noqa: SLF001  # shown nowhere else


@pytest.mark.parametrize("half", ["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"])
def test_half_a_login_is_a_bad_configuration(half: str) -> None:
    with pytest.raises(ValidationError, match="go together"):
        settings(**{half: "word"})
