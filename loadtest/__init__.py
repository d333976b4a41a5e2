"""An independent fleet that loads a server of its own, counts every delivery and draws what it found.

It speaks the wire (protocol/README.md) with `msgpack` and `picows` and imports nothing of the server, so that
nothing is measured or checked by the code that wrote it. README.md beside this file is the map.
"""
