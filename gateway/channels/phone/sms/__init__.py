"""Those who carry our messages, behind `provider.SmsProvider`."""
