"""Slack: direct messages, mentions, the command `/it-stod` and the app's home tab."""
