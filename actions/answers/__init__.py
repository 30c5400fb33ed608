"""What is answered: functions from a turn and the house to a reply, with nothing of Rasa in them."""
