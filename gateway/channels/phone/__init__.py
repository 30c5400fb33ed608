"""The telephone queue that overflows: an SMS with a link to the chat, and the chat by SMS itself."""
