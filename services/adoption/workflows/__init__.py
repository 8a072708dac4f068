"""What adoption does with what it hears: keep it once, count it once, whatever the order."""
