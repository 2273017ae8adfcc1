"""The Akismet dialect."""
