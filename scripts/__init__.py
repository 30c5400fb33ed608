"""What the Makefile calls: install, train, start everything, stop everything."""
