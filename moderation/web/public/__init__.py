"""Pages for readers and commenters."""
