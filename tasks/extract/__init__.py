"""From a fetched page or a text dump to what its publisher wrote."""
