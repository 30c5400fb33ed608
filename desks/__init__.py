"""Desks: where tickets are registered and people answer. `desks.service` is what the rest of the house uses."""
