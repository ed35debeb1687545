"""Published claims as checks that run: one file a claim, a verdict and its evidence."""
