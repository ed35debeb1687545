"""Layers that serve several backbones, one module each, under the names that TypeScript uses."""
