"""What runs in a container besides the services: one-shot jobs and the question whether a door is open."""
