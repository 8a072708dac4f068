"""`python -m deploy.docker.health PORT`: succeeds if the door on that port of this container says that it is ready."""

import sys
import urllib.request

SECONDS = 4


def main() -> int:
    """0 if ready; anything else, with a trace for the log, if not."""
    urllib.request.urlopen(f"http://127.0.0.1:{int(sys.argv[1])}/healthz/ready", timeout=SECONDS).close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
