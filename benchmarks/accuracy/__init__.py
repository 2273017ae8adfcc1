"""How accurate the classifier is, measured in cells that are kept, and the report that is made of them."""
