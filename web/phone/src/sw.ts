// The service worker.

declare const self: ServiceWorkerGlobalScope & { readonly __PRECACHE: { readonly version: string; readonly files: readonly string[] } };

const { version, files } = self.__PRECACHE;
self.addEventListener("install", (event) => event.waitUntil(caches.open(version).then((cache) => cache.addAll([...files]))));

export {};
