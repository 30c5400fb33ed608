"""`python -m bench.turns`: what a turn costs, beside stock Rasa 3.6.21 in the same run."""
