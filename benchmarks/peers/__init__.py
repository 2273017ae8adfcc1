"""Filters that people can run themselves, judged on the same rows with the same feedback as ours."""
