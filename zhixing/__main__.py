"""`python -m zhixing` is the command `zhixing`."""

from zhixing.cli import main

main()
