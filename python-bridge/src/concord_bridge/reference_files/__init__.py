"""Files in the formats of the field, written by the libraries that everybody writes them with."""
