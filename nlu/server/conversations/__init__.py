"""Where conversations are kept: the live trackers, the archive behind them, and what may be written into it."""
