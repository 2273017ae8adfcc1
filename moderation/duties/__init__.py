"""Acts: what is owed, to whom; no duty imports another."""
