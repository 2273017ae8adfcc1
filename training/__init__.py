"""The wing that shows how the model was learned: offline, reproducible, never imported by the service."""
