"""`onethread chat`: a customer in a terminal, on the client and rich."""

from onethread_client.terminal.main import run

__all__ = ["run"]
