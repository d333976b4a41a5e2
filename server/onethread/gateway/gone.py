"""Stands in place of a transport that is over or belongs to somebody else: nothing done to it matters."""

import asyncio
from typing import Final


class _Gone(asyncio.Transport):
    """A transport with no socket: takes everything, does nothing."""

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Drop it."""

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is open."""

    def abort(self) -> None:
        """Nothing is open."""

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""


GONE: Final = _Gone()
