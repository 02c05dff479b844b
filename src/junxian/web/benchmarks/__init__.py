"""Benchmarks on the web (对标): places in the province and whom to learn from."""
