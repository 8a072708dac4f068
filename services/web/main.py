"""Builds the web service: it keeps nothing, so it has no database."""

import sys
from urllib.parse import urlsplit

from services.web import gateway, pages
from services.web.clients.doors import Doors
from services.web.dressing import dress
from services.web.files import AssetMissingError, Shelf
from services.web.means import Means
from services.web.pages.templates import environment
from services.web.session.csrf import Csrf
from services.web.session.keepsakes import Keepsakes
from services.web.session.sessions import Sessions
from services.web.settings import WebSettings
from services.web.words import Words
from services.web.words.book import WordsError
from shared.kernel.clock import Clock
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.sealing import Sealer, read_secrets
from shared.runtime.service import PlainService
from shared.runtime.service import run as serve
from shared.runtime.wall_clock import WallClock


def create(settings: WebSettings | None = None, clock: Clock | None = None) -> PlainService:
    """The service, nothing started. Raises AssetMissingError if the build is not whole, WordsError for a broken PO."""
    settings = settings or WebSettings()
    means = _means(settings, clock or WallClock())
    return PlainService(
        name="web",
        title="Timbang web",
        settings=settings,
        routers=[*gateway.routers(), *pages.routers(means)],
        everywhere=[means.watcher.run, means.doors.stay_open],
        dress=lambda door: dress(door, means),
    )


def run() -> None:
    """Serve until told to stop. What is not built or not readable is named in one line; no trace is needed for that."""
    try:
        service = create()
    except (AssetMissingError, WordsError) as missing:
        sys.exit(f"web does not start: {missing}")
    serve(service)


def _means(settings: WebSettings, clock: Clock) -> Means:
    public = urlsplit(settings.public_url)
    secure = public.scheme == "https"
    sealer = Sealer(read_secrets(settings.key_file), "web")
    doors = Doors(settings.doors(), seconds=settings.door_seconds, answer_bytes_max=settings.answer_bytes_max)
    sessions = Sessions(sealer, doors, clock, secure=secure)
    return Means(
        settings=settings,
        clock=clock,
        doors=doors,
        sessions=sessions,
        keepsakes=Keepsakes(sealer, clock),
        csrf=Csrf(sealer.pepper, sessions, public.netloc, secure=secure),
        shelf=Shelf(settings.static_folder),
        words=Words.read(),
        templates=environment(),
        watcher=RolloutWatcher(settings.rollout_path),
    )
