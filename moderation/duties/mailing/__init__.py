"""To writers who lost a receipt: a link by mail to the address they gave; it shows no page and writes no letter."""
