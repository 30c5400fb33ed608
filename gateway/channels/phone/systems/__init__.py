"""Telephone systems, each in its own words, behind `system.TelephoneSystem`."""
