"""The options and the environment that the embedded Valkey runs with; what a promise stands on is given,
default or not.
"""

from typing import Final

# Names are relative to the store's directory, its working directory: so its own path can be of any length and
# hold any character (a socket address holds 107 bytes, and Valkey's options are split at spaces and quotes).
SOCKET = "store.sock"
PID_FILE = "store.pid"

ENVIRONMENT: Final = {
    # Nothing of the hub's own, which may hold secrets.
    "LC_ALL": "C",
    # A message makes and drops 81 small blocks. The allocator keeps 7 of a size at hand; with 1,000 (at most
    # 33 MB, of blocks that were in use) a message takes 10 % fewer instructions, 113,700 for 126,200. Other
    # allocators than glibc's take no notice.
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000",
}
"""All that the store's process gets to see."""

_OPTIONS: tuple[tuple[str, ...], ...] = (
    # Reached by this machine's user only: no TCP port, a socket (in a directory) for the owner alone.
    ("port", "0"),
    ("tls-port", "0"),
    ("protected-mode", "yes"),
    ("unixsocket", SOCKET),
    ("unixsocketperm", "700"),
    ("enable-debug-command", "no"),
    ("enable-module-command", "no"),
    ("enable-protected-configs", "no"),
    # P1: an answered write is on disk. With `always` a failed write (a full disk) ends the store, unanswered.
    ("dir", "."),
    ("appendonly", "yes"),
    ("appendfsync", "always"),
    ("no-appendfsync-on-rewrite", "no"),
    # After a kill the last, unanswered write may be cut short: it is dropped, the rest is kept.
    ("aof-load-truncated", "yes"),
    ("auto-aof-rewrite-percentage", "100"),
    ("auto-aof-rewrite-min-size", "64mb"),
    # The log file is the only truth: a snapshot beside it would cost a fork and never be read.
    ("save", ""),
    # A write that does not fit is refused; nothing of a conversation is ever evicted.
    ("maxmemory", "0"),
    ("maxmemory-policy", "noeviction"),
    # P6: a hub that does not read is cut, and repairs by positions (P7). Replies are pages of 32 KiB, so that
    # a command link past these bounds is stuck.
    ("client-output-buffer-limit", "pubsub", "32mb", "8mb", "60"),
    ("client-output-buffer-limit", "normal", "256mb", "64mb", "60"),
    # Valkey 9 holds strings of 16 KiB and more by reference and does not count them to these bounds (measured
    # with 9.1.2: 80 MB held under a bound of 32). 0: always copied, and counted.
    ("min-string-size-avoid-copy-reply", "0"),
    # Up to so many entries a hash or sorted set is one string, and each look-up walks through it. At Valkey's
    # own bounds (512, 128) a message costs up to twice as much: measured in instructions, 202,000 at 450 cids
    # in the thread, 109,000 at 64; 134,000 with 120 threads in the inbox, 118,000 as a skip list. Its price:
    # 34 bytes a cid in threads of 64 to 512 messages.
    ("hash-max-listpack-entries", "64"),
    ("zset-max-listpack-entries", "16"),
    # Hubs and command lines of one machine. The default, 10,000, is more than a common limit of 1,024 files
    # gives, and each start would warn of it.
    ("maxclients", "900"),
    ("databases", "1"),
    ("activerehashing", "yes"),
    # To standard output, which is the log file.
    ("logfile", ""),
    ("loglevel", "notice"),
    ("always-show-logo", "no"),
    # Message texts stay out of the log, even when it crashes; and out of the list of slow commands, which
    # nobody reads and which takes 4 % of a message's instructions.
    ("hide-user-data-from-log", "yes"),
    ("slowlog-log-slower-than", "-1"),
    ("daemonize", "no"),
    ("supervised", "no"),
    ("pidfile", PID_FILE),
)


def arguments() -> list[str]:
    """The options as command-line arguments; none is a secret, so that `ps` may show them."""
    return [word for name, *values in _OPTIONS for word in (f"--{name}", *values)]
