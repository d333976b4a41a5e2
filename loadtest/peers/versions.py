"""Which versions of everything took part, read from what is installed and built."""

from __future__ import annotations

import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path


def of_python(*packages: str) -> list[str]:
    """This Python, and these packages."""
    return [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in packages)]


def of_node(folder: Path, *packages: str) -> list[str]:
    """The Node on the path, and these packages as installed in a folder."""
    installed = (
        json.loads((folder / "node_modules" / name / "package.json").read_text()) for name in packages
    )
    return [
        f"Node {_said('node', '--version').strip().removeprefix('v')}",
        *(f"{name} {told['version']}" for name, told in zip(packages, installed, strict=True)),
    ]


def of_go(program: Path, *modules: str) -> list[str]:
    """The Go that built a program, and these modules in it."""
    return built(_said("go", "version", "-m", str(program)), *modules)


def built(said: str, *modules: str) -> list[str]:
    """What `go version -m` said: a line with the program and its Go, then one for each module."""
    lines = [line.split() for line in said.splitlines()]
    deps = {fields[1]: fields[2].removeprefix("v") for fields in lines if fields[0] == "dep"}
    go = lines[0][-1].removeprefix("go")
    return [f"Go {go}", *(f"{module.rpartition('/')[2]} {deps[module]}" for module in modules)]


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words
