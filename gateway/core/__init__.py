"""Conversations, whatever channel they come through: one way in, one log, one way out. No HTTP server in here."""
