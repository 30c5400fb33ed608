"""The public face: the portal page and the only way from outside to the bot."""
