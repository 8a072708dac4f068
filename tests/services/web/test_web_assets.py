"""What browsers load is built whole or not at all, and served in the smallest form under names that change with it."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deploy.local.settings import REPOSITORY
from services.web.files import AssetMissingError, Shelf
from services.web.main import create
from services.web.settings import WebSettings
from tests.services.web.web_stage import ORIGIN

ASSETS = REPOSITORY / "services" / "web" / "assets"
STATIC = REPOSITORY / "services" / "web" / "static"
BUILD = "services/web/assets/build.mjs"
NODE = REPOSITORY / ".venv" / "bin" / "node"


@pytest.fixture
def copy_of_the_sources(tmp_path: Path) -> Path:
    """All that the build reads, with the packages of the real one."""
    left_out = shutil.ignore_patterns("node_modules", "__pycache__", "static")
    shutil.copytree(REPOSITORY / "services", tmp_path / "services", ignore=left_out)
    shutil.copytree(REPOSITORY / "shared", tmp_path / "shared", ignore=left_out)
    shutil.copytree(REPOSITORY / "docs" / "api", tmp_path / "docs" / "api")
    (tmp_path / "services/web/assets/node_modules").symlink_to(ASSETS / "node_modules")
    return tmp_path


def build(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), BUILD],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env={"TIMBANG_PYTHON": str(REPOSITORY / ".venv/bin/python"), "PATH": "/usr/bin:/bin"},
    )


def entries() -> list[str]:
    """Where the entry points are, as the build script names them."""
    lines = (ASSETS / "build.mjs").read_text(encoding="utf-8").splitlines()
    return [line.split('from: "')[1].split('"')[0] for line in lines if 'from: "' in line]


def test_a_missing_entry_point_fails_the_build_and_is_named(copy_of_the_sources: Path) -> None:
    assert len(entries()) > 5
    for entry in entries():
        file = copy_of_the_sources / "services/web/assets" / entry
        kept = file.read_bytes()
        file.unlink()
        done = build(copy_of_the_sources)
        assert done.returncode == 1
        assert f"services/web/assets/{entry}" in done.stderr
        assert not (copy_of_the_sources / "services/web/static").exists()
        file.write_bytes(kept)


def test_a_broken_import_or_type_fails_the_build(copy_of_the_sources: Path) -> None:
    main = copy_of_the_sources / "services/web/assets/operator/src/app.tsx"
    whole = main.read_text(encoding="utf-8")
    planted = 'import { lost } from "./nowhere.ts";\nexport const planted: number = "a" + lost;\n'
    main.write_text(whole + planted, encoding="utf-8")
    done = build(copy_of_the_sources)
    assert done.returncode == 1
    assert "Cannot find module './nowhere.ts'" in done.stdout + done.stderr
    assert "Type 'string' is not assignable to type 'number'" in done.stdout + done.stderr
    assert not (copy_of_the_sources / "services/web/static").exists()


def test_the_same_sources_give_the_same_build(copy_of_the_sources: Path) -> None:
    done = build(copy_of_the_sources)
    assert done.returncode == 0, done.stderr
    made = copy_of_the_sources / "services/web/static"
    names = {file.name for file in made.iterdir()}
    assert names == {file.name for file in STATIC.iterdir()}
    assert all((made / name).read_bytes() == (STATIC / name).read_bytes() for name in names)


def test_everything_that_is_built_is_packed_and_the_worker_keeps_all_of_the_app() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    facts = json.loads((STATIC / "sizes.json").read_text(encoding="utf-8"))
    for built in facts["sizes"]:
        plain = (STATIC / built).read_bytes()
        assert gzip.decompress((STATIC / f"{built}.gz").read_bytes()) == plain
        assert (STATIC / f"{built}.br").exists()
    worker = (STATIC / manifest["sw.js"]).read_text(encoding="utf-8")
    for built in [*facts["loads"]["operator.js"], manifest["ui.css"], manifest["icons.svg"]]:
        assert f"/static/{built}" in worker


def test_the_service_does_not_start_without_an_asset(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    with pytest.raises(AssetMissingError, match="make web"):
        create(WebSettings(static_folder=folder, key_file=tmp_path / "web.key"))
    shutil.copytree(STATIC, folder)
    # A lazy part, which no page names.
    built = json.loads((folder / "sizes.json").read_text(encoding="utf-8"))["loads"]["operator.js"][-1]
    (folder / built).unlink()
    with pytest.raises(AssetMissingError, match=f"{built} is missing: run `make web`"):
        create(WebSettings(static_folder=folder, key_file=tmp_path / "web.key"))


def test_a_missing_asset_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    environment = {"WEB_STATIC_FOLDER": str(folder), "WEB_KEY_FILE": str(tmp_path / "web.key")}
    done = subprocess.run(
        [sys.executable, "-m", "services", "web"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("web does not start: ")
    assert str(folder / "manifest.json") in line
    assert line.endswith("run `make web`")


def test_a_page_that_names_what_nobody_builds_is_an_error() -> None:
    with pytest.raises(AssetMissingError, match="no asset is called"):
        Shelf(STATIC).url("nothing.js")


@pytest.fixture
def browser(tmp_path: Path) -> httpx.AsyncClient:
    application = create(WebSettings(key_file=tmp_path / "web.key")).application()
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)]
)
async def test_a_built_file_is_served_for_ever_and_packed(
    browser: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    url = Shelf(STATIC).url("ui.css")
    async with browser.stream("GET", url, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["vary"]
    ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    assert raw == (STATIC / (url.removeprefix("/static/") + ending)).read_bytes()


async def test_the_worker_is_asked_for_anew_and_may_keep_the_whole_app(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/petugas/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["service-worker-allowed"] == "/petugas"
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_the_shell_is_the_same_for_everybody(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/petugas", headers={"Accept-Language": "id"})
    other = await browser.get("/petugas", headers={"Accept-Language": "en", "Cookie": "petugas=x; bahasa=en"})
    assert first.status_code == 200
    assert first.text == other.text
    assert "set-cookie" not in first.headers


async def test_the_app_can_be_installed(browser: httpx.AsyncClient) -> None:
    manifest = (await browser.get("/petugas/manifest.webmanifest")).json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/petugas",
        "/petugas",
        "standalone",
    )
    for icon in manifest["icons"]:
        assert (await browser.get(icon["src"])).status_code == 200


async def test_what_was_never_built_is_not_found(browser: httpx.AsyncClient) -> None:
    for name in ("manifest.json", "..%2fmanifest.json", "ui.css", "sizes.json"):
        assert (await browser.get(f"/static/{name}")).status_code == 404
