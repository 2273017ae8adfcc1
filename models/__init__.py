"""The wing that holds what was learned: text in, calibrated probability out; it knows no site, database or request."""
