"""All that a browser keeps for a site, as text: what a thief of the device could read without any key."""

from playwright.async_api import Page

_ALL = """
async () => {
  const found = []
  const keep = (where, value, depth = 0) => {
    if (depth > 12 || value === null || value === undefined) return
    if (typeof value === 'string') found.push([where, value])
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const bytes = value instanceof ArrayBuffer ? new Uint8Array(value)
        : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      found.push([where, new TextDecoder('utf-8').decode(bytes)])
      if (bytes.length % 2 === 0) found.push([where, new TextDecoder('utf-16le').decode(bytes)])
    } else if (Array.isArray(value) || value instanceof Set) for (const each of value) keep(where, each, depth + 1)
    else if (value instanceof Map) for (const [k, v] of value) { keep(where, k, depth + 1); keep(where, v, depth + 1) }
    else if (typeof value === 'object')
      for (const [k, v] of Object.entries(value)) { keep(where, k, depth + 1); keep(where, v, depth + 1) }
    else found.push([where, String(value)])
  }
  const asked = request => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
  for (const {name} of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const reading = database.transaction(store).objectStore(store)
      keep(`indexedDB ${name}.${store}`, await asked(reading.getAll()))
      keep(`indexedDB ${name}.${store} keys`, await asked(reading.getAllKeys()))
    }
    database.close()
  }
  for (const [kind, storage] of [['localStorage', localStorage], ['sessionStorage', sessionStorage]])
    for (const key of Object.keys(storage)) keep(`${kind} ${key}`, key + ' ' + storage.getItem(key))
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys())
      keep(`cache ${name} ${request.url}`, request.url + ' ' + await (await cache.match(request)).text())
  }
  keep('readable cookies', document.cookie)
  keep('address', location.href)
  return found
}
"""


async def hoard(page: Page) -> list[tuple[str, str]]:
    """(where, text) of everything in IndexedDB, local and session storage, caches, readable cookies and the address."""
    return [(where, text) for where, text in await page.evaluate(_ALL)]
