"""What the resident's pages ask of the other services, as values; None stands for a service that did not answer."""
