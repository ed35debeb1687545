"""Published backbone classes under our names, one module each."""
