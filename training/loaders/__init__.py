"""Corpora that cannot be shipped, read from the layout they are handed out in into the project's rows."""
