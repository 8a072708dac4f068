"""Where the programme stands in every sub-district, and the check of it."""
