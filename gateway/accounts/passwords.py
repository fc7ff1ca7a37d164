"""Passwords as argon2id hashes, with the parameters OWASP names: 19 MiB, t = 2, p = 1.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from eventlet import tpool
from eventlet.semaphore import Semaphore

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Guesses wait in line: they cost memory and a core each.
AT_ONCE = Semaphore(2)
# What the password of an unknown account is compared with, so that it takes the same time.
NOBODYS = HASHER.hash("nobody's")


def hashed(password: str) -> str:
    """The hash of a password. Green: the work is done in a thread of the system."""
    made: str = tpool.execute(HASHER.hash, password)
    return made


def matches(hash_: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; None takes as long and never matches."""
    return bool(tpool.execute(_matches, hash_ or NOBODYS, password)) and hash_ is not None


def _matches(hash_: str, password: str) -> bool:
    try:
        return HASHER.verify(hash_, password)
    except VerifyMismatchError:
        return False
