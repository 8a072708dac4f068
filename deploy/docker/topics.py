"""`python -m deploy.docker.topics`: create the topics of topics.yaml on KAFKA_BOOTSTRAP_SERVERS, and check them."""

import os
import sys

from deploy.local.problems import StartProblemError
from deploy.local.topics import ensure_topics, read_topics


def main() -> int:
    """Create what is missing. The exit status is 1, with a sentence, if Kafka refuses or a topic differs."""
    copies = os.environ.get("TIMBANG_KAFKA_REPLICATION_FACTOR")
    try:
        created = ensure_topics(
            os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            read_topics(replication_factor=int(copies) if copies else None),
        )
    except StartProblemError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{len(created)} topics created")
    return 0


if __name__ == "__main__":
    sys.exit(main())
