// What the views know of the core: everything a screen can ask for, and what it gets. No DOM here, no storage, no keys.
// What the server says is of its own types, which are generated.

import type * as wire from "../../../shared/phone";

export type {
  ActivityLine,
  Amount,
  Asked,
  Card,
  Config,
  Decision,
  DeviceRef,
  Fate,
  Finished,
  Form,
  HelpArticle,
  HelpBlock,
  HelpGroup,
  HelpKind,
  Invitation,
  Operation,
  Session,
  TransferLock,
  Wanted,
} from "../../../shared/phone";

/** What the app looks like, by the platform it runs on. */
export type Look = "ios" | "android";

/** A username that is active on this phone. */
export interface Account {
  /** The device's id at the server. */
  readonly device: string;
  readonly username: string;
  readonly label: string;
  readonly form: wire.Form;
  /** Unix seconds. */
  readonly activatedAt: number;
  /** How many digits the PIN has, once one was accepted. */
  readonly pinLength?: number;
}

/** What proves the user's presence for one act. The PIN is dropped as soon as it was used. */
export type Presence = { readonly pin: string } | "biometric";

/** How an activation begins. */
export type Begin =
  | { readonly by: "password"; readonly username: string; readonly password: string; readonly byNumber?: boolean }
  | { readonly by: "session"; readonly username: string; readonly sessionId: string }
  | { readonly by: "scan"; readonly session: string };

/** What a confirmation asks for next, of what this app can do. */
export type Next = Exclude<wire.Next, { step: "static_code" | "webauthn" }>;

/** What is still to be proven before an activation completes. */
export type Proof =
  | { readonly kind: "code"; readonly sentBy: "sms" | "mail"; readonly sentTo: string }
  | { readonly kind: "device"; readonly next: Next; readonly failure?: { readonly reason: string; readonly attemptsLeft: number } }
  | { readonly kind: "done" };

/** An activation under way. Survives a reload: `Core.resumed()` gives it back while it lives. */
export interface Begun {
  readonly username: string;
  readonly proof: Proof;
  /** Whether a code may be sent instead of asking the other device. */
  readonly codeToo: boolean;
  /** Whether the user's key lives in the standalone app. */
  readonly standalone: boolean;
  /** Unix milliseconds of this phone's clock. */
  readonly expiresAt: number;
}

/** The end of an activation. */
export interface Activated {
  readonly account: Account;
  /** Devices that ended with it. */
  readonly ended: readonly EndedDevice[];
}

/** A device that ended with an activation. */
export interface EndedDevice {
  /** Its id. */
  readonly id: string;
  readonly label: string;
  /** Since when it had been active, Unix seconds. */
  readonly since: number;
}

/** A key in the standalone app on this phone. */
export interface Standalone {
  readonly username: string;
  /** The device's id. */
  readonly device: string;
  /** The version of that app. */
  readonly version: string;
  /** Whether that version is too old to hand over by itself. */
  readonly updateFirst: boolean;
}

/** A request that awaits this phone. */
export interface Pending {
  readonly id: string;
  readonly issuer: string;
  readonly operation: wire.Operation;
  /** Unix milliseconds of this phone's clock, however far that is off. */
  readonly expiresAt: number;
  readonly numberRequired: boolean;
  /** The code on the login screen must be scanned. */
  readonly qrRequired: boolean;
}

/** Who of ours is on the line with the user. */
export interface Calling {
  /** The first name. */
  readonly name: string;
  /** Two words that they must say first. */
  readonly words: string;
  /** Until when this is sure: Unix milliseconds of this phone's clock. */
  readonly expiresAt: number;
}

/** What the server tells a phone: what awaits it, and who is calling. */
export interface Told {
  readonly pending: Pending[];
  readonly calling?: Calling;
}

/** What a challenge may be for: the first digit says it (1-4 login, 5 calls, 6-7 device changes, 8-9 money). */
export type Purpose = "login" | "call" | "device" | "money";

/** One row of the self-check. */
export interface Check {
  readonly name: "permission" | "subscription" | "network" | "clock" | "server" | "worker" | "device";
  readonly state: "good" | "warning" | "bad";
  /** A stable word that says why, such as `denied`, `default`, `unsupported`, `ios_home_screen`, `offline`, `behind`, `ahead`, `gone`, `unreachable`, `never_delivered`. */
  readonly reason?: string;
  /** A number that belongs to the reason, such as seconds of difference. */
  readonly value?: number;
}

/** Why something did not work. `slug` is a problem type's name at the server (`wrong-pin`, `already-answered`, …), or one of our own. */
export class PhoneError extends Error {
  constructor(
    readonly slug: string | "offline" | "cancelled" | "unsupported" | "wrong-purpose" | "malformed" | "storage" | "timeout",
    readonly detail: { readonly reason?: string; readonly attemptsLeft?: number; readonly retryAfter?: number } = {},
  ) {
    super(slug);
  }
}

/** An ordinary login inside the app, with any device (`/oauth2/authorize-challenge`). */
export interface Login {
  readonly next: Next;
  /** Unix milliseconds of this phone's clock. */
  readonly expiresAt: number;
  readonly failure?: { readonly reason: string; readonly attemptsLeft?: number };
}

/** What the views call. */
export interface Core {
  config(): Promise<wire.Config>;
  /** The help pages in a language, kept for when there is no network. */
  help(language: string): Promise<readonly wire.HelpGroup[]>;
  accounts(): Promise<Account[]>;
  /** Whether this phone has a platform authenticator that verifies its user. */
  biometricAvailable(): Promise<boolean>;

  begin(how: Begin): Promise<Begun>;
  /** The activation that was under way when the app was closed. */
  resumed(): Promise<Begun | undefined>;
  /** One step with the user's other device: `{device_id}`, `{method}`, `{response}`, or `{}` to ask again. */
  /** The keys in the standalone app on this phone; none where there is no such app, or it does not answer. */
  standalone(): Promise<Standalone[]>;
  /** Has the standalone app hand its key over, with its PIN; then `complete`. */
  migrate(old: Standalone, pin: string): Promise<Begun>;
  confirm(answer: { device_id?: string; method?: string; response?: string }): Promise<Begun>;
  /** Judges the code that was sent; throws `wrong-code` with the attempts left. It is sent again to complete. */
  checkCode(code: string): Promise<void>;
  complete(with_: { code?: string; presence: Presence; label?: string; look: Look }): Promise<Activated>;
  abandon(): Promise<void>;

  pending(account: Account): Promise<Told>;
  one(account: Account, id: string): Promise<Pending>;
  /** Calls back with the list at once and whenever it changes: events, or asking again where they fail. */
  watch(account: Account, list: (told: Told) => void, trouble: (error: PhoneError | undefined) => void, signal: AbortSignal): void;
  decide(account: Account, pending: Pending, decision: wire.Decision, with_: { presence?: Presence; number?: string }): Promise<"confirmed" | "denied" | "second_needed">;

  /** Offline. Throws `wrong-purpose` where the first digit is not of this screen. */
  respond(account: Account, challenge: string, purpose: Purpose, presence: Presence): Promise<string>;

  cards(account: Account): Promise<wire.Card[]>;
  /** The request for it, to be approved like any other; then `finish`. */
  preauthorise(account: Account, card: string, amount: string): Promise<Pending>;
  authorise(account: Account, card: string, payment: string): Promise<Pending>;
  block(account: Account, card: string): Promise<void>;
  /** How the transfer lock stands. */
  transferLock(account: Account): Promise<wire.TransferLock>;
  /** Closes the transfer lock, or keeps it closed: nothing is asked but the phone. */
  closeLock(account: Account): Promise<wire.TransferLock>;
  /** Carries out what was approved. */
  finish(account: Account, id: string): Promise<wire.Finished>;

  /** The request to open the app's own session with this phone; then `decide` and `finish`. */
  unlock(account: Account): Promise<Pending>;
  /** The app's session at the server: who, and until when (Unix seconds); undefined when there is none. */
  session(): Promise<wire.Session | undefined>;
  endSession(): Promise<void>;
  /** An ordinary login; `done` when the app's session is open. */
  login(username: string, password: string): Promise<Login>;
  loginStep(answer: { device_id?: string; method?: string; response?: string; wait?: number }): Promise<Login | "done">;

  /** What became of this phone, also after its end. */
  fate(account: Account): Promise<wire.Fate>;
  /** It wasn't me: ends the phone that took this one's place by a code alone. */
  veto(account: Account): Promise<void>;
  /** The request to hand over to a new phone; then `decide` and `finish`, which gives what the new one brings. */
  move(account: Account): Promise<Pending>;
  rename(account: Account, label: string): Promise<Account>;
  changePin(account: Account, current: string, next: string): Promise<void>;
  activity(account: Account, lang: string): Promise<wire.ActivityLine[]>;
  /** "It wasn't me", said of what happened, by the line's `report`. */
  disown(account: Account, attempt: string): Promise<void>;
  /** Takes the username off this phone; `server` false when the server could not be told. */
  remove(account: Account): Promise<{ readonly server: boolean }>;

  pushState(account: Account): Promise<"on" | "off" | "denied" | "unsupported" | "ios_home_screen">;
  /** Must be called from a tap: asks for permission, subscribes (with a limit of its own), tells the server. */
  pushOn(account: Account): Promise<void>;
  pushOff(account: Account): Promise<void>;
  pushTest(account: Account): Promise<void>;
  selfCheck(account: Account): Promise<Check[]>;
}
