// The service worker: keeps the app's own files so that it starts without a signal. It answers nothing but GETs for
// those files and the app's pages; every request that carries or asks for data passes by untouched.

export type {};
declare const self: ServiceWorkerGlobalScope;
/** [address, hash] of everything the app needs; a hash of "" means that the address itself changes with the content. */
declare const __PRECACHE__: readonly (readonly [string, string])[];
declare const __VERSION__: string;
declare const __SHELL__: string;

const PREFIX = "timbang-";
const CACHE = `${PREFIX}${__VERSION__}`;
const KEPT = new Set(__PRECACHE__.map(([address]) => address));

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

/** All or nothing: a version that lacks a file never becomes the one in use. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(__PRECACHE__.map(async ([address]) => {
    const response = await fetch(address, { cache: "reload", redirect: "error", credentials: "same-origin" });
    if (!response.ok) throw new Error(`${address}: ${String(response.status)}`);
    await cache.put(address, response);
  }));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  // The first time there is a page that was loaded without us: it is served from now on.
  await self.clients.claim();
}

// Waiting is the rule; the page says when nobody is in the middle of anything.
self.addEventListener("message", (event) => {
  if (event.data === "apply") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (KEPT.has(pathname)) event.respondWith(fromCache(pathname, request));
  else if (request.mode === "navigate" && isPage(pathname)) event.respondWith(fromCache(__SHELL__, request));
});

/** The app's own pages all are the shell. */
function isPage(pathname: string): boolean {
  return pathname === __SHELL__ || (pathname.startsWith(`${__SHELL__}/`) && !pathname.startsWith(`${__SHELL__}/api/`));
}

async function fromCache(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}
