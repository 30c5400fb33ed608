"""The public HTTP API. docs/api.md tells what it promises."""
