"""How a deposit is priced and judged, decided without touching anything."""
