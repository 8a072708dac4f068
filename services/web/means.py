"""What pages and the gateway work with, made in main.py and found again through the request."""

from dataclasses import dataclass

from jinja2 import Environment

from services.web.clients.doors import Doors
from services.web.files import Shelf
from services.web.session.csrf import Csrf
from services.web.session.keepsakes import Keepsakes
from services.web.session.sessions import Sessions
from services.web.settings import WebSettings
from services.web.words import Words
from shared.kernel.clock import Clock
from shared.runtime.rollout import RolloutWatcher


@dataclass(frozen=True, slots=True)
class Means:
    """Everything concrete. `request.app.state.means` is this."""

    settings: WebSettings
    clock: Clock
    doors: Doors
    sessions: Sessions
    keepsakes: Keepsakes
    csrf: Csrf
    shelf: Shelf
    words: Words
    templates: Environment
    watcher: RolloutWatcher
