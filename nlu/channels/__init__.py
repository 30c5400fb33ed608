"""Rasa channels of our own."""
