// Keeps the pages below /token/ readable without a signal: a token's digits, never a name, a number or a balance.
// Pages come from the network while there is one; what was kept is shown only when there is none.

const KEPT = "token";
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (event) => {
  const addresses = event.data as string[];
  event.waitUntil(
    keep(addresses).then(
      () => event.ports[0]?.postMessage(true),
      () => event.ports[0]?.postMessage(false),
    ),
  );
});

worker.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(networkFirst(event.request));
});

async function keep(addresses: string[]): Promise<void> {
  const kept = await caches.open(KEPT);
  for (const address of addresses) {
    const answer = await fetch(address, { redirect: "manual" });
    // A page that leads to the sign-in page is not the token.
    if (answer.ok) await kept.put(address, answer);
  }
}

async function networkFirst(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match(request, { cacheName: KEPT, ignoreSearch: true, ignoreVary: true });
    if (found) return found;
    throw error;
  }
}
