"""Time as the helpdesk sees it: Swedish holidays, opening hours, deadlines and the dates in users' sentences.

Everything is computed in Europe/Stockholm from what is passed in; nothing here reads a clock or a setting on import.
"""
