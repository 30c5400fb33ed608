"""Tickets in the conversation: filled in as a form, registered, asked about, added to and closed."""
