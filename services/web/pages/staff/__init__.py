"""The office: what waits for a decision, and everything that the programme looks after. Plain pages, no script."""
