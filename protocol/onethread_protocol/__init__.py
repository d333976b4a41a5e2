"""The wire of Onethread: frames, codecs, codes and errors. protocol/README.md explains it with examples."""
