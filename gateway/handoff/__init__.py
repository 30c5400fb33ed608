"""Conversations handed over to people: the queue, what is said while waiting, and messages both ways."""
