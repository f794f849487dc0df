"""The commands of a page of the documentation, and what the page says that they print.

A page is run as a reader runs it: its `sh` blocks in one shell, from top to bottom. A `text` block
holds lines that the commands before it print; `…` stands for anything.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

MARK = "@@ block "
"""What the shell prints before each block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    line: int
    commands: str
    prints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    exit_code: int
    outputs: tuple[str, ...]
    """What each block printed, up to the one that failed."""


def blocks_of(page: str) -> list[Block]:
    blocks: list[Block] = []
    for token in MarkdownIt().parse(page):
        if token.type == "fence" and token.info == "sh":
            line = (token.map or [0])[0] + 1
            blocks.append(Block(line=line, commands=token.content))
        elif token.type == "fence" and token.info == "text":
            last = blocks.pop()
            lines = tuple(token.content.splitlines())
            blocks.append(Block(line=last.line, commands=last.commands, prints=last.prints + lines))
    return blocks


def run(
    blocks: list[Block], *, folder: Path, environment: Mapping[str, str], timeout_s: float
) -> Run:
    """Run the blocks in one shell, which ends at the first command that fails."""
    script = "".join(f"echo '{MARK}'\n{block.commands}" for block in blocks)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    return Run(exit_code=done.returncode, outputs=tuple(done.stdout.split(f"{MARK}\n")[1:]))


def complaints(blocks: list[Block], run: Run) -> list[str]:
    """Say which block failed, and which did not print what the page says."""
    said = [
        f"line {block.line}: does not print {wanted!r}, but:\n{output}"
        for block, output in zip(blocks, run.outputs, strict=False)
        for wanted in block.prints
        if not is_printed(wanted, output)
    ]
    if run.exit_code:
        failed = blocks[len(run.outputs) - 1]
        said.append(f"line {failed.line}: ends with {run.exit_code}:\n{run.outputs[-1]}")
    return said


def is_printed(wanted: str, output: str) -> bool:
    """Whether a line of the output is the wanted one; any blanks are alike."""
    pattern = re.compile(".*".join(map(re.escape, _plain(wanted).split("…"))))
    return any(pattern.fullmatch(_plain(line)) for line in output.splitlines())


def _plain(line: str) -> str:
    return " ".join(line.split())
