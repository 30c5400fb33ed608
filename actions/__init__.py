"""What the bot does: one file per capability, each a Rasa action over the knowledge base."""
