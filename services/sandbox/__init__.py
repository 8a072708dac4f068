"""A stand-in for the biller: speaks Digiflazz's buyer dialect and keeps its own file of what it sold.

Owns: prices, stock, float and sales of an imagined Digiflazz account.
Hears: -
Says: -

It shares no code with any other service; a team without the rest of the product can use it alone (README.md).
"""
