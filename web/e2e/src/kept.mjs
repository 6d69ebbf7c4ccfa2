// Everything that the app keeps on a phone, and everything that it sends from there: where a secret would be found.

import { createHash } from "node:crypto";

/** Everything that the origin keeps, keys by what they tell of themselves. Runs on the page. */
export async function dumped() {
  const keys = [];
  const seen = (value) => {
    if (value instanceof CryptoKey) {
      const { type, extractable, algorithm, usages } = value;
      keys.push({ type, extractable, algorithm: algorithm.name, usages });
      return "a key";
    }
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return Array.from(new Uint8Array(value.buffer ?? value)).join(",");
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, seen(member)]));
  };
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const kept = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const held = database.transaction(store).objectStore(store);
      const [names, values] = await Promise.all([done(held.getAllKeys()), done(held.getAll())]);
      kept[`${name}/${store}`] = seen({ names, values });
    }
    database.close();
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached[request.url] = await (await cache.match(request)).text();
  }
  return {
    keys, kept, cached, local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie,
    history: history.state, address: location.href,
  };
}

/** Writes down every request of a browser's pages from now on; `ended` gives it as one text. The app's worker asks for its
 *  own files alone. */
export function logged(context) {
  const parts = [];
  const log = {
    ended: async () => (await Promise.all(parts)).flatMap((part) => [part, opened(part)]).join("\n"),
  };
  context.on("request", (request) => {
    const body = request.postDataBuffer()?.toString("latin1") ?? "";
    // A request that was broken off has no headers of its own any more.
    const headers = request.allHeaders().catch(() => request.headers());
    parts.push(headers.then((held) => [request.method(), request.url(), JSON.stringify(held), body].join("\n")));
  });
  return log;
}

/** What a text says inside of its base64url parts, such as those of a JWS. */
export function opened(text) {
  return text.split(/[^A-Za-z0-9_-]/).map((part) => Buffer.from(part, "base64url").toString("latin1")).join("\n");
}

/** What a verifier of a PIN would most likely be, in the forms that it is written in. */
export function hashesOf(pin) {
  const octets = [Buffer.from(pin), ...["sha1", "sha256", "sha512"].map((name) => createHash(name).update(pin).digest())];
  return octets.flatMap((each) => [each.toString("hex"), each.toString("base64url"), each.toString("base64"), [...each].join(",")]);
}
