"""Golden frames: the sources of protocol/vectors, and of the examples in protocol/README.md.

`python -m onethread_protocol.vectors` writes both. The examples are written by hand, one whole frame each;
what follows from them (each optional field alone, each required one missing) is derived.
"""
