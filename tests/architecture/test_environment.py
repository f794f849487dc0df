from pydantic import Field, SecretStr

from libs.settings.base import Settings
from tests.architecture.environment import END, HEAD, START, template, written


class BakerSettings(Settings):
    oven: str = Field(alias="OVEN")
    """Where the bread is baked."""
    flour_g: int = Field(500, alias="FLOUR_G")
    """Flour of a loaf,
    in grams."""


class SellerSettings(BakerSettings):
    key: SecretStr = Field(SecretStr(""), alias="TILL_KEY")
    """Opens the till."""


def test_each_variable_is_a_row_with_the_roles_that_read_it() -> None:
    roles = {"baker": BakerSettings, "seller": SellerSettings}

    readme = written(f"# Bakery\n{START}\nstale\n{END}\n## Next\n", roles)

    assert readme.splitlines() == [
        "# Bakery",
        START,
        *HEAD,
        "| `TILL_KEY` | none | Opens the till. | seller |",
        "| `OVEN` | required | Where the bread is baked. | all |",
        "| `FLOUR_G` | 500 | Flour of a loaf, in grams. | all |",
        END,
        "## Next",
    ]


def test_a_template_takes_each_variable_of_its_prefix_from_the_master() -> None:
    master = "# bakery\nBAKERY_OVEN=stone\nBAKERY_FLOUR_G=${SHOP_FLOUR_G}\nSHOP_FLOUR_G=500\n"

    assert template("bakery", master) == "OVEN=${BAKERY_OVEN}\nFLOUR_G=${BAKERY_FLOUR_G}\n"
