"""What must be true of docker-compose.yml beyond its schema, as functions from its content to findings."""

import re
from pathlib import Path
from typing import Any

from deploy.docs.settings import all_settings
from deploy.local.services import WITHOUT_DATABASE
from tests.architecture.tree import REPOSITORY
from tests.verify.places import SERVICES as KEEPING

Compose = dict[str, Any]
_TAG = re.compile(r":v?\d+\.\d+(\.\d+)?([.-][\w.]+)?$")
# Settings of what runs in our image and is no service.
JOBS = {
    "deploy.docker.topics": {"KAFKA_BOOTSTRAP_SERVERS", "TIMBANG_KAFKA_REPLICATION_FACTOR"},
    "tests.verify": {
        "KAFKA_BOOTSTRAP_SERVERS",
        "SANDBOX_FILE",
        *(f"{name.upper()}_{what}" for name in KEEPING for what in ("DATABASE_URL", "URL")),
    },
}


def ours(compose: Compose) -> dict[str, dict[str, Any]]:
    """The services that run our own image."""
    return {name: each for name, each in compose["services"].items() if "build" in each}


def unpinned_images(compose: Compose) -> list[str]:
    """Images whose tag is missing, `latest`, or no version."""
    found = {name: each["image"] for name, each in compose["services"].items()}
    return [f"{name}: {image} is not pinned" for name, image in found.items() if not _TAG.search(image)]


def wrong_settings(compose: Compose) -> list[str]:
    """Variables that the service does not read, and required ones that it is not given."""
    found = []
    for name, each in ours(compose).items():
        given = set(each.get("environment", {}))
        command = each["command"]
        if command[0] != "services":
            found += [f"{name}: {variable} is read by nobody" for variable in given - JOBS[command[0]]]
            continue
        known = all_settings()[command[1]]
        found += [f"{name}: {variable} is read by nobody" for variable in given - {s.variable for s in known}]
        required = {setting.variable for setting in known if setting.required}
        found += [f"{name}: {variable} is not given" for variable in required - given]
    return sorted(found)


def missing_services(compose: Compose) -> list[str]:
    """Services of the repository that do not run, or whose migrations nobody runs first."""
    commands = {name: each["command"] for name, each in ours(compose).items()}
    found = []
    for service in all_settings():
        if commands.get(service) != ["services", service]:
            found.append(f"{service}: does not run")
            continue
        job = f"{service}-migrate"
        waits = compose["services"][service].get("depends_on", {})
        if service not in WITHOUT_DATABASE and (
            commands.get(job) != ["services", service, "migrate"]
            or waits.get(job) != {"condition": "service_completed_successfully"}
        ):
            found.append(f"{service}: starts without its migrations")
    return found


def soft_spots(compose: Compose) -> list[str]:
    """Containers with more rights than they need, without a limit, a health check or a way back."""
    found = []
    for name, each in compose["services"].items():
        if each.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in each.get("security_opt", ()):
            found.append(f"{name}: keeps rights that it does not need")
        if not {"mem_limit", "pids_limit"} <= each.keys():
            found.append(f"{name}: may take all memory or processes")
        if "max-size" not in each.get("logging", {}).get("options", {}):
            found.append(f"{name}: its log may fill the disk")
        if each.get("privileged") or each.get("network_mode") == "host":
            found.append(f"{name}: reaches into the host")
        if each.get("restart") == "unless-stopped" and "healthcheck" not in each:
            found.append(f"{name}: has no health check")
        found += [
            f"{name}: {port} is open to the network"
            for port in each.get("ports", ())
            if not port.startswith("127.")
        ]
    for name, each in ours(compose).items():
        if each.get("user") != "10001:10001":
            found.append(f"{name}: runs as root")
        if each.get("read_only") is not True:
            found.append(f"{name}: may write to its root")
    return sorted(found)


def absent_files(compose: Compose, root: Path = REPOSITORY) -> list[str]:
    """Files and folders of the repository that are mounted and not there."""
    mounts = [mount for each in compose["services"].values() for mount in each.get("volumes", ())]
    places = {mount.partition(":")[0] for mount in mounts if mount.startswith("./")}
    return sorted(f"{place} is not there" for place in places if not (root / place).exists())


def written_secrets(compose: Compose) -> list[str]:
    """Passwords and keys that stand in the file instead of coming from the environment."""
    return sorted(
        f"{name}: {variable} is written out"
        for name, each in compose["services"].items()
        for variable, value in each.get("environment", {}).items()
        if re.search(r"PASSWORD|SECRET|API_KEY|ENCRYPTION|DATABASE_URL", variable)
        if not re.search(r"\$\{\w+:\?", str(value))
    )
