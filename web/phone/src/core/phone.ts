// An active phone: its calls, with its access token, and with another one when that is over.

import { type Call, type Place, call } from "./line";
import { answer } from "./http";
import type { AccountRow, Storage } from "./storage";
import { PhoneError } from "./types";

/** What a call of an active phone says; the rest follows from the phone. */
export type PhoneCall = Omit<Call, "token">;

/** Refreshing under way, by device: several calls at once need only one. */
const refreshing = new Map<string, Promise<string>>();

/** An active phone at its server. */
export class Phone {
  private constructor(
    readonly place: Place,
    readonly storage: Storage,
    readonly row: AccountRow,
  ) {}

  /** The phone of a device's id. */
  static async open(place: Place, storage: Storage, device: string): Promise<Phone> {
    return new Phone(place, storage, await storage.account(device));
  }

  /** Calls, and gives what the answer holds. */
  async called(what: PhoneCall): Promise<unknown> {
    return answer(await this.call(what));
  }

  /** Asks. */
  get(path: string): Promise<unknown> {
    return this.called({ method: "GET", path });
  }

  /** Does something that a signature of the phone's key stands for. */
  act(path: string, typ: string, payload: (now: number) => unknown): Promise<unknown> {
    return this.called({ method: "POST", path, signed: { typ, payload } });
  }

  /** Calls with the access token. */
  async call(what: PhoneCall): Promise<Response> {
    // Another tab may have got a newer token meanwhile.
    const { accessToken } = await this.storage.account(this.row.device);
    try {
      return await call(this.place, this.row.signing, { ...what, token: accessToken });
    } catch (error) {
      if (!(error instanceof PhoneError) || error.slug !== "unauthorized") throw error;
      return call(this.place, this.row.signing, { ...what, token: await this.#refreshed(accessToken) });
    }
  }

  #refreshed(old: string): Promise<string> {
    const { device } = this.row;
    const running = refreshing.get(device);
    if (running) return running;
    const started = this.#refresh(old).finally(() => refreshing.delete(device));
    refreshing.set(device, started);
    return started;
  }

  async #refresh(old: string): Promise<string> {
    const { device, refreshToken, signing } = this.row;
    const { accessToken } = await this.storage.account(device);
    if (accessToken !== old) return accessToken;
    const what: Call = { method: "POST", path: "refresh", json: { refresh_token: refreshToken } };
    const given = await answer(await call(this.place, signing, what));
    const token = (given as { access_token?: unknown } | undefined)?.access_token;
    if (typeof token !== "string") throw new PhoneError("malformed");
    await this.storage.change(device, (row) => {
      row.accessToken = token;
    });
    return token;
  }
}
