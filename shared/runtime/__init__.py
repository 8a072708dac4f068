"""Input and output that every service does in the same way: database, outbox, Kafka, HTTP, settings, signals."""
