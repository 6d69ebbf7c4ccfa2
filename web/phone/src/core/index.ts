// The core as the views get it.

import * as activation from "./activation";
import { selfCheck } from "./check";
import { Clock } from "./clock";
import * as config from "./config";
import * as help from "./help";
import type { Place } from "./line";
import { LoginAttempt, endSession, session } from "./login";
import * as manage from "./manage";
import { Phone } from "./phone";
import { pinOf, response } from "./presence";
import * as push from "./push";
import * as requests from "./requests";
import { found } from "./standalone";
import { Storage } from "./storage";
import { type Account, type Config, type Core, PhoneError, type Presence, type Purpose } from "./types";
import { watch } from "./watch";
import { available } from "./webauthn";

/** First digits of challenges, by what they may be for. */
const PURPOSES: Readonly<Record<Purpose, string>> = { login: "1234", call: "5", device: "67", money: "89" };

/** The core of the app. */
export function createCore(): Core {
  const storage = new Storage();
  const clock = new Clock(() => Date.now());
  const attempt = new LoginAttempt(clock);
  let known: Config | undefined;
  // biome-ignore lint/correctness/noUnusedVariables: read where it is assigned only once
  let mended: Promise<void> | undefined;
  const about = async (): Promise<Config> => {
    known ??= await config.load(storage);
    return known;
  };
  const place = async (): Promise<Place> => ({ issuer: (await about()).issuer, clock });
  const phone = async ({ device }: Account): Promise<Phone> => Phone.open(await place(), storage, device);

  return {
    async config() {
      // Asked anew each time the app asks: what was kept may be old.
      known = await config.load(storage);
      return known;
    },
    help: (language) => help.load(storage, language, Date.now()),
    accounts: async () => (await storage.accounts()).map(activation.account),
    biometricAvailable: available,

    begin: async (how) => activation.begin(await place(), storage, how),
    resumed: async () => activation.resumed(clock, storage),
    standalone: async () => found((await about()).standalone_from),
    migrate: async (old, pin) => activation.migrate(await place(), storage, old, pin),
    confirm: async (answers) => activation.confirm(await place(), storage, answers),
    checkCode: async (code) => activation.checkCode(await place(), storage, code),
    async complete(how) {
      const done = await activation.complete(await place(), storage, how, (await about()).product);
      // A browser that is short of room clears what nobody asked it to keep. Some ask the user, some never answer.
      void navigator.storage?.persist?.().catch(() => false);
      return done;
    },
    abandon: () => storage.endActivation(),

    pending: async (of) => requests.pending(await phone(of)),
    one: async (of, id) => requests.one(await phone(of), id),
    watch(of, list, trouble, signal) {
      mended ??= mend(storage, place);
      void watch(() => phone(of), { list, trouble, signal });
    },
    decide: async (of, shown, decision, given) => requests.decide(await phone(of), shown, decision, given),

    respond: async (of, challenge, purpose, presence) => respond(storage, of, { challenge, purpose, presence }),

    cards: async (of) => manage.cards(await phone(of)),
    preauthorise: async (of, card, amount) =>
      requests.ask(await phone(of), { type: "card_preauthorisation", card_id: card, amount }),
    authorise: async (of, card, payment) =>
      requests.ask(await phone(of), { type: "card_payment", card_id: card, payment_id: payment }),
    block: async (of, card) => manage.block(await phone(of), card),
    transferLock: async (of) => manage.transferLock(await phone(of)),
    closeLock: async (of) => manage.closeLock(await phone(of)),
    finish: async (of, id) => requests.finish(await phone(of), id),

    unlock: async (of) => requests.ask(await phone(of), { type: "login" }),
    session,
    endSession,
    login: (username, password) => attempt.begin(username, password),
    loginStep: (answers) => attempt.step(answers),

    fate: async (of) => manage.fate(await phone(of)),
    veto: async (of) => manage.veto(await phone(of)),
    move: async (of) => requests.ask(await phone(of), { type: "phone_move" }),
    rename: async (of, label) => activation.account(await manage.rename(await phone(of), label)),
    changePin: async (of, current, next) => manage.changePin(await phone(of), current, next),
    activity: async (of, lang) => manage.activity(await phone(of), lang),
    disown: async (of, attempt) => manage.disown(await phone(of), attempt),
    async remove(of) {
      const removed = await manage.remove(await phone(of));
      if ((await storage.accounts()).length === 0) await push.end().catch(() => undefined);
      return removed;
    },

    pushState: async (of) => push.state(await phone(of)),
    pushOn: (of) => push.on(() => phone(of)),
    pushOff: async (of) => push.off(await phone(of)),
    pushTest: async (of) => push.test(await phone(of)),
    selfCheck: async (of) => selfCheck(await phone(of)),
  };
}

/** Mends the push subscription, once for each time that the app is opened. */
async function mend(storage: Storage, place: () => Promise<Place>): Promise<void> {
  try {
    const rows = await storage.accounts();
    const at = await place();
    await push.mend(await Promise.all(rows.map(({ device }) => Phone.open(at, storage, device))));
  } catch {
    // Without a network, or with nothing to mend: the next time.
  }
}

/** The response to a challenge: nothing here needs a network. */
async function respond(
  storage: Storage,
  { device }: Account,
  asked: { readonly challenge: string; readonly purpose: Purpose; readonly presence: Presence },
): Promise<string> {
  const challenge = asked.challenge.replaceAll(/\s/g, "");
  if (!/^[0-9]{6}$/.test(challenge)) throw new PhoneError("malformed", { reason: "challenge" });
  if (!PURPOSES[asked.purpose].includes(challenge.charAt(0))) throw new PhoneError("wrong-purpose");
  const row = await storage.account(device);
  // Before the counter moves: whoever walks away has used up nothing.
  const pin = await pinOf(row, asked.presence);
  return response(row, await storage.takeCounter(device), challenge, pin);
}
