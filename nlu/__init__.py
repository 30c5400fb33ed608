"""The sealed Rasa runtime's own code: pipeline components, the REST channel, and what they are made of."""
