"""A Django site with nothing but django-helpdesk, for the contract tests."""
