"""What can go wrong with a server this machine runs for itself."""


class LocalServerError(RuntimeError):
    """A local server cannot be started, used or stopped; the message is one line and says why."""


class NotInstalled(LocalServerError):
    """The server's program is not on this machine; the message says how to install it."""
