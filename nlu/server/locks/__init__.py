"""One turn of a conversation at a time, in the order in which the messages came."""
