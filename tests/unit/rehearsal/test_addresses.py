import pytest

from tests.rehearsal.problem import Problem
from tests.unit.rehearsal.builders import a_container, addresses_of

SHOP = a_container("shop", {"HTTP_HOST": "0.0.0.0", "HTTP_PORT": "8080"})  # noqa: S104
STORE = a_container("store")


def test_what_one_asks_for_is_where_the_other_listens() -> None:
    addresses = addresses_of(SHOP, STORE)

    asked = addresses.environment(STORE, {"SHOP_HOST": "shop", "SHOP_PORT": "8080"})
    served = addresses.environment(SHOP, SHOP.environment)
    addresses.check()

    assert served["HTTP_HOST"] == asked["SHOP_HOST"] == "127.0.0.1"
    assert served["HTTP_PORT"] == asked["SHOP_PORT"] == "1"


def test_an_address_in_a_url_is_found_and_a_similar_name_left_alone() -> None:
    addresses = addresses_of(STORE)

    text = addresses.text(STORE, "redis://u:pw@store:6379/0 bookstore:6379", serves=False)

    assert text == "redis://u:pw@127.0.0.1:1/0 bookstore:6379"


def test_the_same_port_of_two_containers_is_two_ports() -> None:
    addresses = addresses_of(SHOP, STORE)

    assert addresses.serve(SHOP, 8080) != addresses.serve(STORE, 8080)


def test_a_port_that_nobody_serves_is_told_with_who_asks() -> None:
    addresses = addresses_of(SHOP, STORE)
    addresses.environment(SHOP, SHOP.environment)
    addresses.environment(STORE, {"SHOP_URL": "http://shop:8081/"})

    with pytest.raises(Problem, match="shop:8081, asked for by store"):
        addresses.check()


def test_a_published_port_that_nobody_serves_is_told() -> None:
    shop = a_container("shop", ports=["127.0.0.1:80:8080"])

    with pytest.raises(Problem, match="shop:8080, which is published"):
        addresses_of(shop).check()


def test_a_container_on_another_network_is_not_found() -> None:
    away = a_container("away", networks=["outside"])
    addresses = addresses_of(away, SHOP)

    given = {"SHOP_HOST": "shop", "SHOP_PORT": "8080", "SHOP_URL": "http://shop:8080"}

    assert addresses.environment(away, given) == given


def test_itself_is_where_it_listens_and_in_a_health_check_where_it_asks() -> None:
    addresses = addresses_of(SHOP)

    addresses.text(SHOP, "http://127.0.0.1:8080/healthy", serves=False)

    with pytest.raises(Problem, match="shop:8080, asked for by shop"):
        addresses.check()


def test_a_published_port_in_a_variable_without_a_host_is_where_it_listens() -> None:
    flower = a_container("flower", ports=["127.0.0.1:80:5555"])
    addresses = addresses_of(flower)

    given = addresses.environment(flower, {"FLOWER_PORT": "5555", "OTHER_PORT": "7"})
    addresses.check()

    assert given == {"FLOWER_PORT": "1", "OTHER_PORT": "7"}


def test_the_machine_itself_keeps_its_ports() -> None:
    text = addresses_of(SHOP).text(SHOP, "http://host.docker.internal:9/", serves=True)

    assert text == "http://127.0.0.1:9/"
