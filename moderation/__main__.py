"""`python -m moderation`: the `candor` command where it is not on the path."""

from moderation.cli import main

if __name__ == "__main__":
    main()
