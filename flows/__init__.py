"""Prefect flows, the settings, the wiring and the `secnews` command: what drives the steps."""
