"""What Rasa's forms ask for and check: one file per form."""
