from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from libs.settings.base import Settings, from_environment


class ShopSettings(Settings):
    shop_name: str = Field(alias="SHOP_NAME")
    shop_port: int = Field(80, alias="SHOP_PORT")
    shop_key: SecretStr = Field(alias="SHOP_KEY")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHOP_NAME", "SHOP_PORT", "SHOP_KEY", "SHOP_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_every_problem_is_a_line_and_the_exit_code_is_78(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP_PORT", "eighty")

    with pytest.raises(SystemExit) as exit_info:
        from_environment(ShopSettings)

    lines = capsys.readouterr().err.splitlines()
    assert exit_info.value.code == 78
    assert [line.split(":")[1].strip() for line in lines] == ["SHOP_NAME", "SHOP_PORT", "SHOP_KEY"]


def test_a_bad_secret_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP_KEY", "hush-hush")

    with pytest.raises(SystemExit):
        from_environment(ShopSettings)

    assert "hush-hush" not in capsys.readouterr().err


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-file\n")
    monkeypatch.setenv("SHOP_NAME", "parts")
    monkeypatch.setenv("SHOP_KEY_FILE", str(tmp_path / "key"))

    assert from_environment(ShopSettings).shop_key.get_secret_value() == "from-file"


def test_a_missing_secret_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP_NAME", "parts")
    monkeypatch.setenv("SHOP_KEY_FILE", str(tmp_path / "absent"))

    with pytest.raises(SystemExit) as exit_info:
        from_environment(ShopSettings)

    assert exit_info.value.code == 78
    assert "SHOP_KEY_FILE" in capsys.readouterr().err


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_NAME", "parts")
    monkeypatch.setenv("SHOP_KEY", "k")
    monkeypatch.setenv("SHOP_PORT", "")

    assert from_environment(ShopSettings).shop_port == 80
