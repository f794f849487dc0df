"""Reads the parts of the Dockerfile that decide how a container runs."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import loads

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.problem import Problem

DOCKERFILE = ROOT / "deploy" / "docker" / "service.Dockerfile"

ARGUMENT = re.compile(r"\$(?:\{(\w+)\}|(\w+))")

IMAGE_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What python:*-slim has as PATH."""

PYTHON = re.compile(r"^FROM python:(\d+\.\d+)", re.MULTILINE)

NOTED = ("ARG", "LABEL", "EXPOSE")
"""Instructions without a say in how a container runs here."""

LEFT_TO_THE_SHELL = ("CMD", "RUN", "HEALTHCHECK")


@dataclass(slots=True, kw_only=True)
class Stage:
    """An image on its way; copies are pairs of source and target, with the stage they come from."""

    environment: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str | None, str, str]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    folder: str = "/"
    user: str = "0:0"
    command: tuple[str, ...] = ()


def python_version(text: str) -> str:
    """Return the version that all images are based on. Raises Problem if there are several."""
    versions = set(PYTHON.findall(text))
    if len(versions) != 1:
        raise Problem(f"the Dockerfile is based on Python {' and '.join(sorted(versions))}")
    return str(versions.pop())


def read_stages(text: str, arguments: dict[str, str]) -> dict[str, Stage]:
    """Return the stages by name. Raises Problem for an instruction that it does not know."""
    stages: dict[str, Stage] = {}
    current = Stage()
    for instruction, rest in _instructions(text):
        if instruction == "FROM":
            base, _, name = rest.split()
            current = stages[name] = _copy_of(stages.get(base))
        elif instruction not in NOTED:
            known = {} if instruction in LEFT_TO_THE_SHELL else arguments | current.environment
            _apply(current, instruction, _substituted(rest, known))
    return stages


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            instruction, _, rest = line.strip().partition(" ")
            yield instruction, rest.strip()


def _copy_of(base: Stage | None) -> Stage:
    if base is None:
        return Stage(environment={"PATH": IMAGE_PATH, "LANG": "C.UTF-8"})
    return Stage(
        environment=dict(base.environment),
        copies=list(base.copies),
        runs=list(base.runs),
        folder=base.folder,
        user=base.user,
        command=base.command,
    )


def _apply(stage: Stage, instruction: str, rest: str) -> None:
    match instruction:
        case "ENV":
            stage.environment |= dict(word.split("=", 1) for word in shlex.split(rest))
        case "COPY":
            *options, source, target = rest.split()
            origin = options[0].removeprefix("--from=") if options else None
            stage.copies.append((origin, source, posixpath.join(stage.folder, target)))
        case "RUN":
            stage.runs.append(rest)
        case "WORKDIR":
            stage.folder = rest
        case "USER":
            stage.user = rest
        case "CMD":
            stage.command = tuple(loads(rest))
        case "HEALTHCHECK":
            pass  # compose has its own; a test holds the two together
        case _:
            raise Problem(f"the Dockerfile's {instruction} is not rehearsed")


def _substituted(text: str, values: Mapping[str, str]) -> str:
    """Put in what is known; a shell's own variables stay as they are."""
    return ARGUMENT.sub(lambda match: values.get(match[1] or match[2], match[0]), text)


def contents(stages: Mapping[str, Stage], name: str) -> dict[str, str]:
    """Return the folders that a stage has from the build context: path in the image to source."""
    found: dict[str, str] = {}
    for origin, source, target in stages[name].copies:
        if origin is None:
            found[target] = source
            continue
        for inside, original in contents(stages, origin).items():
            if inside == source or inside.startswith(f"{source}/"):
                found[target + inside.removeprefix(source)] = original
    return found


def rights(stages: Mapping[str, Stage], name: str) -> list[tuple[str, list[str]]]:
    """Return each chmod of a stage and of those that it copies from, with the folder it runs in."""
    origins = dict.fromkeys(origin for origin, _, _ in stages[name].copies if origin is not None)
    found = [each for origin in origins for each in rights(stages, origin)]
    commands = (shlex.split(part) for run in stages[name].runs for part in run.split("&&"))
    return found + [(stages[name].folder, words) for words in commands if words[:1] == ["chmod"]]
