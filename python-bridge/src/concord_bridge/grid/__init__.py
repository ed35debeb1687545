"""Cells of a study as Ray tasks, each of which starts a trainer where it runs."""
