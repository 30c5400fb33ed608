"""Live desks: where people take conversations over. One interface, one class for each chat system."""
