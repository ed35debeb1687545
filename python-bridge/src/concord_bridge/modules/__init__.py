"""Plug-ins between two bags of tokens and their fusion, in plain PyTorch."""
