"""Backbones in plain PyTorch, one module each, under the names that TypeScript uses."""
