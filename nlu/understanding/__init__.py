"""How a Swedish message is understood. Free of Rasa, so that it can be tested and measured alone."""
