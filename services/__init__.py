"""One folder a service; none of them imports a sibling."""
