"""The Rasa server of Supportlotsen: Rasa 3.6.21 with the waste of each turn left out, one module per cost.

Everything Rasa offers an extension point for uses it (tracker store, lock store, agent, processor, graph runner); what
must stand in for a part of Rasa is made for exactly one version, and refuses another (`rasa_version`).
"""
