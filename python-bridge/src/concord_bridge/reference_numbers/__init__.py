"""Makers of the reference numbers that TypeScript tests compare with; each runs as a module."""
