"""How well messages are understood that the model was not trained on (`make evaluate`)."""
