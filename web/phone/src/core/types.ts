// What the views know of the core: everything a screen can ask for, and what it gets. No DOM here, no storage, no keys.

/** How a user proves presence on this phone: a PIN that only the server judges, or the platform's biometric (WebAuthn). */
export type Form = "pin" | "biometric";

/** What the app looks like, by the platform it runs on. */
export type Look = "ios" | "android";

/** What the server says about itself to everybody (`/app/config.json`). */
export interface Config {
  readonly issuer: string;
  readonly product: string;
  /** The trader's address; absent where the institution has none. */
  readonly trade_url?: string;
  /** Whether the institution has debit cards here. */
  readonly cards: boolean;
  /** Whether this is the demo: the look may be switched. */
  readonly demo: boolean;
  /** Telephone numbers of the secure-login desk, by country (ISO 3166-1 alpha-2). */
  readonly desk: readonly { readonly country: string; readonly phone: string }[];
  /** Whether the desk is told by itself when its user says "it wasn't me". */
  readonly desk_told: boolean;
}

/** A username that is active on this phone. */
export interface Account {
  /** The device's id at the server. */
  readonly device: string;
  readonly username: string;
  readonly label: string;
  readonly form: Form;
  /** Unix seconds. */
  readonly activatedAt: number;
}

/** What proves the user's presence for one act. The PIN is dropped as soon as it was used. */
export type Presence = { readonly pin: string } | "biometric";

/** How an activation begins. */
export type Begin =
  | { readonly by: "password"; readonly username: string; readonly password: string }
  | { readonly by: "session"; readonly username: string; readonly sessionId: string }
  | { readonly by: "scan"; readonly session: string };

/** A device as the chooser shows it. */
export interface DeviceRef {
  readonly id: string;
  readonly class: string;
  readonly label: string;
  readonly methods: readonly string[];
  readonly default: boolean;
}

/** What a confirmation asks for next (as in `wire::Next`). */
export type Next =
  | { readonly step: "choose_device"; readonly devices: readonly DeviceRef[] }
  | { readonly step: "approve"; readonly device: DeviceRef; readonly number?: string; readonly fallback: readonly string[] }
  | { readonly step: "respond"; readonly device: DeviceRef; readonly challenge: string; readonly response_digits: number }
  | { readonly step: "code_card"; readonly device: DeviceRef; readonly indices: readonly [number, number] }
  | { readonly step: "passcode"; readonly device: DeviceRef; readonly digits: number; readonly sent_to?: string }
  | { readonly step: "qr"; readonly device: DeviceRef; readonly payload: string };

/** What is still to be proven before an activation completes. */
export type Proof =
  | { readonly kind: "code"; readonly sentBy: "sms" | "mail"; readonly sentTo: string }
  | { readonly kind: "device"; readonly next: Next; readonly failure?: { readonly reason: string; readonly attemptsLeft: number } }
  | { readonly kind: "done" };

/** An activation under way. Survives a reload: `Core.resumed()` gives it back while it lives. */
export interface Begun {
  readonly username: string;
  readonly proof: Proof;
  /** Unix milliseconds of this phone's clock. */
  readonly expiresAt: number;
}

/** The end of an activation. */
export interface Activated {
  readonly account: Account;
  /** Labels of devices that ended with it. */
  readonly ended: readonly string[];
}

/** What is asked; every member is shown. */
export type Operation =
  | { readonly type: "login"; readonly client_id: string; readonly client_name: string; readonly address: string; readonly agent: string; readonly at: number }
  | ({ readonly type: "authentication" } & Asked)
  | ({ readonly type: "withdrawal"; readonly amount: string; readonly currency: string; readonly destination: { readonly name: string; readonly account: string }; readonly account_id: string; readonly reference: string } & Asked)
  | ({ readonly type: "card_payment"; readonly merchant: string; readonly amount: string; readonly currency: string; readonly card_id: string } & Asked)
  | ({ readonly type: "card_preauthorisation"; readonly amount: string; readonly currency: string; readonly card_id: string; readonly minutes: number } & Asked);

export interface Asked {
  readonly client_id: string;
  readonly client_name: string;
  readonly message?: string;
  readonly address?: string;
  readonly at: number;
}

/** A request that awaits this phone. */
export interface Pending {
  readonly id: string;
  readonly issuer: string;
  readonly operation: Operation;
  /** Unix milliseconds of this phone's clock, however far that is off. */
  readonly expiresAt: number;
  readonly numberRequired: boolean;
  /** The code on the login screen must be scanned. */
  readonly qrRequired: boolean;
}

export type Decision = "approve" | "deny" | "report";

/** What a challenge may be for: the first digit says it (1-5 login, 6-7 device changes, 8-9 money). */
export type Purpose = "login" | "device" | "money";

/** A debit card. */
export interface Card {
  readonly id: string;
  readonly label: string;
  readonly last_four: string;
  readonly state: "pending" | "active" | "blocked" | "cancelled";
  readonly currency: string;
  /** An exact decimal. */
  readonly available: string;
  /** What the card pays at once without anything besides; an exact decimal. Above it a pre-authorisation is needed. */
  readonly limit?: string;
  readonly preauthorisation?: { readonly amount: string; readonly expires_at: number };
  readonly declined: readonly { readonly id: string; readonly merchant: string; readonly amount: string; readonly currency: string; readonly at: number }[];
}

/** Something that happened, in words of the asked language. */
export interface ActivityLine {
  readonly at: number;
  readonly text: string;
  readonly address?: string;
  readonly alarming: boolean;
}

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
  config(): Promise<Config>;
  accounts(): Promise<Account[]>;
  /** Whether this phone has a platform authenticator that verifies its user. */
  biometricAvailable(): Promise<boolean>;

  begin(how: Begin): Promise<Begun>;
  /** The activation that was under way when the app was closed. */
  resumed(): Promise<Begun | undefined>;
  /** One step with the user's other device: `{device_id}`, `{method}`, `{response}`, or `{}` to ask again. */
  confirm(answer: { device_id?: string; method?: string; response?: string }): Promise<Begun>;
  /** Judges the code that was sent; throws `wrong-code` with the attempts left. It is sent again to complete. */
  checkCode(code: string): Promise<void>;
  complete(with_: { code?: string; presence: Presence; label?: string; look: Look }): Promise<Activated>;
  abandon(): Promise<void>;

  pending(account: Account): Promise<Pending[]>;
  one(account: Account, id: string): Promise<Pending>;
  /** Calls back with the list at once and whenever it changes: events, or asking again where they fail. */
  watch(account: Account, list: (pending: Pending[]) => void, trouble: (error: PhoneError | undefined) => void, signal: AbortSignal): void;
  decide(account: Account, pending: Pending, decision: Decision, with_: { presence?: Presence; number?: string }): Promise<"confirmed" | "denied">;

  /** Offline. Throws `wrong-purpose` where the first digit is not of this screen. */
  respond(account: Account, challenge: string, purpose: Purpose, presence: Presence): Promise<string>;

  cards(account: Account): Promise<Card[]>;
  /** The request for it, to be approved like any other; then `finish`. */
  preauthorise(account: Account, card: string, amount: string): Promise<Pending>;
  authorise(account: Account, card: string, payment: string): Promise<Pending>;
  block(account: Account, card: string): Promise<void>;
  /** Carries out what was approved. */
  finish(account: Account, id: string): Promise<{ readonly type: string; readonly expires_at?: number }>;

  /** The request to open the app's own session with this phone; then `decide` and `finish`. */
  unlock(account: Account): Promise<Pending>;
  /** The app's session at the server: who, and until when (Unix seconds); undefined when there is none. */
  session(): Promise<{ readonly username: string; readonly expires_at: number } | undefined>;
  endSession(): Promise<void>;
  /** An ordinary login; `done` when the app's session is open. */
  login(username: string, password: string): Promise<Login>;
  loginStep(answer: { device_id?: string; method?: string; response?: string; wait?: number }): Promise<Login | "done">;

  rename(account: Account, label: string): Promise<Account>;
  changePin(account: Account, current: string, next: string): Promise<void>;
  activity(account: Account, lang: string): Promise<ActivityLine[]>;
  /** Takes the username off this phone; `server` false when the server could not be told. */
  remove(account: Account): Promise<{ readonly server: boolean }>;

  pushState(account: Account): Promise<"on" | "off" | "denied" | "unsupported" | "ios_home_screen">;
  /** Must be called from a tap: asks for permission, subscribes (with a limit of its own), tells the server. */
  pushOn(account: Account): Promise<void>;
  pushOff(account: Account): Promise<void>;
  pushTest(account: Account): Promise<void>;
  selfCheck(account: Account): Promise<Check[]>;
}
