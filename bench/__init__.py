"""Measurements that are too slow for the tests; their figures stand in docs/performance.md."""
