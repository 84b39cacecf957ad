"""The steps of the way, as plain functions. Only tasks/steps.py knows Prefect."""
