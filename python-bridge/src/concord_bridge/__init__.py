"""The PyTorch side of Concord: reference models, adapters for published checkouts, the worker."""
