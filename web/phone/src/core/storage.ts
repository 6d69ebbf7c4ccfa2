// What the app keeps: in IndexedDB, with keys as WebCrypto's own objects that no script can read. Of a PIN its length at most.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Jwk, SigningKey } from "./jose";
import { type Config, type Form, type HelpGroup, PhoneError, type Proof } from "./types";

/** OCRA suites of a phone. */
export interface Suites {
  readonly respond: string;
  readonly approve: string;
}

/** A phone key of a user: what `Account` shows, and what the core needs besides. */
export interface AccountRow {
  readonly device: string;
  readonly username: string;
  label: string;
  readonly form: Form;
  /** Unix seconds. */
  readonly activatedAt: number;
  readonly signing: SigningKey;
  readonly respond: CryptoKey;
  readonly approve: CryptoKey;
  readonly suites: Suites;
  /** The counter of the next response. */
  counter: number;
  /** The WebAuthn credential of the biometric form, base64url. */
  readonly credential?: string;
  /** How many digits the PIN has, once one was accepted: the last digit then sends it. */
  pinLength?: number;
  accessToken: string;
  readonly refreshToken: string;
  /** Whether the standalone app handed this key over. */
  migrated?: boolean;
}

/** An activation under way. */
export interface ActivationRow {
  readonly activation: string;
  readonly username: string;
  /** Unix milliseconds of this phone's clock. */
  readonly expiresAt: number;
  readonly signing: SigningKey;
  /** The server's half of the agreement, checked. */
  readonly serverKey: Jwk;
  proof: Proof;
  /** Whether a code may be sent instead; absent in what an older version kept. */
  readonly codeToo?: boolean;
  readonly standalone?: boolean;
  /** The device in the standalone app that hands over. */
  readonly handsOver?: string;
  /** From when the keys are agreed: the phone to be, and the challenge that its first response answers. */
  agreed?: { readonly row: AccountRow; readonly challenge: string };
}

/** Words of notifications in the user's language, which the page leaves for the service worker. */
export interface PushWords {
  /** BCP 47. */
  readonly lang: string;
  readonly request: { readonly title: string; readonly body: string };
  readonly test: { readonly title: string; readonly body: string };
  /** The label of the notification's action. */
  readonly open: string;
}

/** Single values. */
export interface Settings {
  readonly config: Config;
  /** The help pages as they were fetched last, Unix milliseconds. */
  readonly help: { readonly language: string; readonly at: number; readonly groups: readonly HelpGroup[] };
  readonly words: PushWords;
  /** The push endpoint that the server was told, by device. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** When the worker last got a push message, Unix milliseconds. */
  readonly lastPush: number;
}

interface Schema extends DBSchema {
  accounts: { key: string; value: AccountRow };
  activation: { key: "current"; value: ActivationRow };
  settings: { key: string; value: unknown };
}

/** The app's own database. */
const NAME = "countersign";
const VERSION = 1;

/** The app's storage. Every failure of it is a `PhoneError("storage")`. */
export class Storage {
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  /** Another app at this origin keeps its own under another name. */
  constructor(private readonly name: string = NAME) {}

  /** All usernames of this phone, the oldest first. */
  async accounts(): Promise<AccountRow[]> {
    const rows = await this.#with((db) => db.getAll("accounts"));
    return rows.sort((a, b) => a.activatedAt - b.activatedAt);
  }

  /** One of them; throws when it is not here (any more). */
  async account(device: string): Promise<AccountRow> {
    const row = await this.#with((db) => db.get("accounts", device));
    if (!row) throw new PhoneError("storage", { reason: "no_account" });
    return row;
  }

  /** Changes one row in one transaction, so that nothing another tab wrote meanwhile is lost. */
  change<T>(device: string, change: (row: AccountRow) => T): Promise<T> {
    return this.#with(async (db) => {
      const transaction = db.transaction("accounts", "readwrite", { durability: "strict" });
      const row = await transaction.store.get(device);
      if (!row) throw new PhoneError("storage", { reason: "no_account" });
      const given = change(row);
      await transaction.store.put(row);
      await transaction.done;
      return given;
    });
  }

  /** The counter for one response. It has moved on, durably, before anybody sees it; no two tabs get the same. */
  takeCounter(device: string): Promise<bigint> {
    return this.change(device, (row) => {
      const taken = row.counter;
      row.counter = taken + 1;
      return BigInt(taken);
    });
  }

  /** Takes a username off. */
  async remove(device: string): Promise<void> {
    await this.#with((db) => db.delete("accounts", device));
    await this.keepEndpoint(device, undefined);
  }

  /** Keeps what push endpoint the server was told for a device. */
  async keepEndpoint(device: string, endpoint: string | undefined): Promise<void> {
    await this.#with(async (db) => {
      const transaction = db.transaction("settings", "readwrite");
      const { [device]: _, ...others } = ((await transaction.store.get("endpoints")) ?? {}) as Settings["endpoints"];
      await transaction.store.put(endpoint === undefined ? others : { ...others, [device]: endpoint }, "endpoints");
      await transaction.done;
    });
  }

  /** The activation under way. */
  activation(): Promise<ActivationRow | undefined> {
    return this.#with((db) => db.get("activation", "current"));
  }

  /** Keeps an activation; another one that was under way is over. */
  async keepActivation(row: ActivationRow): Promise<void> {
    await this.#with((db) => db.put("activation", row, "current"));
  }

  /** The counter of the first response of the phone to be. */
  takeFirstCounter(activation: string): Promise<bigint> {
    return this.#with(async (db) => {
      const transaction = db.transaction("activation", "readwrite", { durability: "strict" });
      const row = await transaction.store.get("current");
      if (row?.activation !== activation || !row.agreed) throw new PhoneError("storage", { reason: "no_activation" });
      const taken = row.agreed.row.counter;
      row.agreed.row.counter = taken + 1;
      await transaction.store.put(row, "current");
      await transaction.done;
      return BigInt(taken);
    });
  }

  /** Forgets the activation. */
  async endActivation(): Promise<void> {
    await this.#with((db) => db.delete("activation", "current"));
  }

  /** The activation became an active phone. An older key of the same user on this phone ended with it. */
  async activated(row: AccountRow): Promise<void> {
    await this.#with(async (db) => {
      const transaction = db.transaction(["accounts", "activation"], "readwrite", { durability: "strict" });
      const accounts = transaction.objectStore("accounts");
      for (const older of await accounts.getAll()) {
        if (older.username === row.username) await accounts.delete(older.device);
      }
      await accounts.put(row);
      await transaction.objectStore("activation").delete("current");
      await transaction.done;
    });
  }

  /** A single value. */
  async setting<K extends keyof Settings>(name: K): Promise<Settings[K] | undefined> {
    return (await this.#with((db) => db.get("settings", name))) as Settings[K] | undefined;
  }

  /** Keeps a single value. */
  async keepSetting<K extends keyof Settings>(name: K, value: Settings[K]): Promise<void> {
    await this.#with((db) => db.put("settings", value, name));
  }

  async #with<T>(use: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await use(await this.#open());
    } catch (error) {
      if (error instanceof PhoneError) throw error;
      throw new PhoneError("storage", { reason: error instanceof Error ? error.name : "unknown" });
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>(this.name, VERSION, {
      upgrade(db) {
        db.createObjectStore("accounts", { keyPath: "device" });
        db.createObjectStore("activation");
        db.createObjectStore("settings");
      },
      // Another tab has a newer version of the app: this one must not stand in its way.
      blocking: (_current, _blocked, event) => {
        this.#opened = undefined;
        (event.target as IDBDatabase).close();
      },
      terminated: () => {
        this.#opened = undefined;
      },
    }).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}
