"""`python -m onethread` is `onethread`."""

from onethread.cli import main

if __name__ == "__main__":
    main()
