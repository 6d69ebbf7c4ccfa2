// What a notification says. The service worker cannot fetch a catalogue while it wakes up, so the page keeps the few
// words for it, in the user's language, whenever that language is put on the screen.

/** The words of the notifications. */
export interface NotificationWords {
  /** BCP 47, for `Notification.lang`. */
  readonly lang: string;
  readonly request: { readonly title: string; readonly body: string };
  readonly test: { readonly title: string; readonly body: string };
  /** The label of the notification's action. */
  readonly open: string;
}

const DATABASE = "countersign-words";
const STORE = "words";
const KEY = "notification";

/** Keeps `words` for the worker. A phone that stores nothing still shows the app. */
export async function keepNotificationWords(words: NotificationWords): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.put(words, KEY));
  } catch {
    // The notification then has the words kept before, or those of the worker.
  }
}

/** What was kept; for the worker. */
export async function notificationWords(): Promise<NotificationWords | undefined> {
  return (await inStore("readonly", (store) => store.get(KEY))) as NotificationWords | undefined;
}

async function inStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = (await answered(opening)) as IDBDatabase;
  try {
    return await answered(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function answered(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
