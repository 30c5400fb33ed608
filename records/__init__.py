"""What is kept about conversations, in one database: event log, tickets, feedback, hand-offs, audit log."""
