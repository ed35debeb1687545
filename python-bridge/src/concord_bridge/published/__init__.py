"""Published classes as witnesses: loaded from a checkout, never copied, never changed."""
