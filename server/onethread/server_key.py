"""The server's own key: given as a setting, or generated once under the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from onethread.settings import Settings, SettingsError
from onethread.values import SECRET_KEY_BYTES

KEY_FILE = "server.key"


def server_key(settings: Settings) -> bytes:
    """The key that signs visitor tokens and keys the stored hashes: the setting, else the data folder's.

    What the file holds may be given as ONETHREAD_SECRET_KEY elsewhere and is then the same key. The file is
    made whole and with mode 0600, by exactly one of several processes that start at once; all get its key.
    Raises SettingsError if the file can be neither read nor made, or is no key.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.data / KEY_FILE
    try:
        if not path.exists():
            _generate(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"ONETHREAD_DATA: no server key in {str(path)!r}: {error.strerror}") from None
    if len(key) < SECRET_KEY_BYTES:
        raise SettingsError(f"ONETHREAD_DATA: {str(path)!r} is no server key, it has {len(key)} bytes")
    return key


def _generate(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes it with mode 0600; a link, unlike a rename, fails where another process was first.
    descriptor, name = tempfile.mkstemp(prefix=".server-key-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(SECRET_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
