"""Thinks: pure judgement of a comment; no database, request, file or clock."""
