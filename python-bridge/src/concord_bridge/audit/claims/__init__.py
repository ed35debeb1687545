"""The claims: a folder for each paper, a file for each claim."""
