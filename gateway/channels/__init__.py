"""Other ways to users than the widget: a folder for each, behind `kind.ChannelKind`."""
