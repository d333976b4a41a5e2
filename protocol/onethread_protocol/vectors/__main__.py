"""`python -m onethread_protocol.vectors` writes protocol/vectors and parts of protocol/README.md."""

from pathlib import Path

import click

from onethread_protocol.vectors import readme
from onethread_protocol.vectors.files import contents

PROTOCOL = Path(__file__).parents[2]


def main() -> None:
    """Write what has changed, and say so."""
    files = {PROTOCOL / "vectors" / name: text for name, text in contents().items()}
    page = PROTOCOL / "README.md"
    files[page] = readme.up_to_date(page.read_text(encoding="utf-8"))
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {path.relative_to(PROTOCOL)}")


if __name__ == "__main__":
    main()
