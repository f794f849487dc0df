"""Links of the documents lead somewhere, and the site shows what GitHub shows."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SERVICES

LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
OWN = re.compile(r'<a id="([\w-]+)"></a>')
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NARROW = re.compile(r"^ {1,3}(?:[-*]|\d+\.) .*$", re.MULTILINE)
"""An item that GitHub nests and the site does not: it needs four blanks."""


def documents() -> list[Path]:
    folders = ("docs", "libs", "deploy", "examples", "tests", *SERVICES)
    return [*ROOT.glob("*.md"), *(path for each in folders for path in (ROOT / each).rglob("*.md"))]


def anchors(document: Path) -> set[str]:
    """Return the anchors of its headings, made as GitHub makes them, and its own."""
    text = CODE.sub("", document.read_text())
    of_headings = (
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    )
    return {f"#{anchor}" for anchor in (*of_headings, *OWN.findall(text))}


def broken_links(document: Path) -> list[str]:
    broken = []
    for path, anchor in LINK.findall(CODE.sub("", document.read_text())):
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}{anchor}")
    return broken


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_an_anchor(document: Path) -> None:
    assert broken_links(document) == []


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_nested_list_is_indented_by_four_blanks(document: Path) -> None:
    assert NARROW.findall(CODE.sub("", document.read_text())) == []


def test_the_list_of_decisions_has_each_with_its_title() -> None:
    folder = ROOT / "docs" / "adr"
    titles = {path: path.read_text().partition("\n")[0] for path in folder.glob("0*.md")}

    listed = re.findall(r"^- (.*)$", (folder / "README.md").read_text(), re.MULTILINE)

    assert listed == [f"[{titles[path][2:]}]({path.name})" for path in sorted(titles)]
