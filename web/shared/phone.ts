// What the phone app and the server say to each other. Generated from crates/operation and crates/wire by
// `COUNTERSIGN_WRITE_TYPES=1 cargo test -p wire --test typescript`; changes by hand are lost.

/**
 * An amount and its currency as somebody wrote them: shown, signed and given back to the letter, so that `3.5` stays
 * `3.5`.
 */
export type Amount = {
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** Where money goes. */
export type Destination = {
  /** Whose account. */
  name: string,
  /** Its number. */
  account: string,
};

/** Money leaves an account. */
export type Withdrawal = {
  /** Where it goes. */
  destination: Destination,
  /** Which of the user's accounts it leaves. */
  account_id: string,
  /** The client's own words for it. */
  reference: string,
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** Several withdrawals of one currency, confirmed or refused as one. */
export type WithdrawalBatch = {
  /** Each of them. */
  withdrawals: ReadonlyArray<Withdrawal>,
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** A card pays a merchant. */
export type CardPayment = {
  /** Who is paid. */
  merchant: string,
  /** Which card. */
  card_id: string,
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** A card may pay one large purchase soon. */
export type CardPreauthorisation = {
  /** Which card. */
  card_id: string,
  /** How long it may come once this is carried out. */
  minutes: number,
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** A device may authorise more, after a wait. */
export type LimitChange = {
  /** The device's id. */
  device_id: string,
  /** Its label. */
  device: string,
  /** The user's own limit per day; none for the one of its class. */
  per_day?: Amount,
  /** The user's own limit per five business days; none for the one of its class. */
  per_five_days?: Amount,
  /** Whole hours until it holds. */
  hours: number,
};

/** Two devices are needed only above a higher sum, after a wait. */
export type TwoDevicesChange = {
  /** The sum; none where one device is always enough. */
  above?: Amount,
  /** Whole hours until it holds. */
  hours: number,
};

/** The transfer lock opens, after a wait. */
export type TransferLockOpen = {
  /** Whole hours until it is open. */
  hours: number,
};

/** A passkey is added. */
export type PasskeyAddition = {
  /** The device's id. */
  device_id: string,
  /** The name that its user gave it. */
  device: string,
  /** Whether it may be copied to other devices of its user. */
  synced: boolean,
};

/** A card has another PIN from now on. */
export type PinChange = {
  /** The device's id. */
  device_id: string,
  /** Its label. */
  device: string,
};

/** A device is ordered: where to, against which deposit, and in place of which one. */
export type DeviceOrder = {
  /** What such a device is called. */
  device: string,
  /** Where it is mailed to. */
  address: string,
  /** What is held back until it is returned. */
  deposit?: Amount,
  /** The label of the device that ends once it is active; none where it is a further one. */
  replaces?: string,
};

/** What is done once a second person agrees. */
export type DeskAct = "temporary_access" | "password_link" | "reprint";

/** A case of the desk: what will happen to whom, why, and how it was checked who they are. */
export type DeskCase = {
  /** The case's id. */
  case: string,
  /** What will happen. */
  act: DeskAct,
  /** The user whom it is about. */
  user: string,
  /** The serial number of the card that it is about. */
  card?: string,
  /** The kind of device by which the caller showed who they are; none where answers to questions alone did. */
  proof?: string,
  /** The agent who proposes it. */
  first: string,
  /** Why. */
  reason: string,
  /** How the identity was checked. */
  identity_check: string,
};

/** A contact point is added, takes the place of another one, or is removed. */
export type ContactChange = {
  /** The address or number that is used from now on; none where one is only removed. */
  new?: string,
  /** The one that is not used any more; none where one is only added. */
  old?: string,
};

/**
 * Who of ours is on the line, and what they must say first. The words are of this call alone: whoever calls and does
 * not know them is not ours.
 */
export type Call = {
  /** The agent's first name. */
  first_name: string,
  /** Two words that the agent says first. */
  words: string,
};

/**
 * What is to be confirmed. One form in JSON, wherever it stands: in `authorization_details`, on the phone, in the
 * statement that is signed, in receipts and tokens, and in the database.
 */
export type What = { "type": "login" } | { "type": "authentication" } | { "type": "withdrawal" } & Withdrawal | { "type": "withdrawal_batch" } & WithdrawalBatch | { "type": "card_payment" } & CardPayment | { "type": "card_preauthorisation" } & CardPreauthorisation | { "type": "phone_activation" } | { "type": "limit_change" } & LimitChange | { "type": "two_devices_change" } & TwoDevicesChange | { "type": "transfer_lock_open" } & TransferLockOpen | { "type": "password_change" } | { "type": "password_reset" } | { "type": "passkey_addition" } & PasskeyAddition | { "type": "pin_change" } & PinChange | { "type": "device_order" } & DeviceOrder | { "type": "desk_case" } & DeskCase | { "type": "number_recovery" } | { "type": "phone_move" } | { "type": "contact_change" } & ContactChange | { "type": "call" } & Call | { "type": "news_acknowledgement" };

/** Who asks, and from where. */
export type Asked = {
  /** The program's OAuth client id. */
  client_id: string,
  /** The program's name. */
  client_name: string,
  /** The program's own words about this request, shown there too. */
  message?: string,
  /** The address of the browser or program in which the user began it; absent where a back end asks. */
  address?: string,
  /** What the program calls itself; of a login alone. */
  agent?: string,
  /** When, Unix seconds. */
  at: number,
};

/** What a confirmation is about, as the user sees it and the phone signs it. Every detail is here. */
export type Operation = ({ "type": "login" } | { "type": "authentication" } | { "type": "withdrawal" } & Withdrawal | { "type": "withdrawal_batch" } & WithdrawalBatch | { "type": "card_payment" } & CardPayment | { "type": "card_preauthorisation" } & CardPreauthorisation | { "type": "phone_activation" } | { "type": "limit_change" } & LimitChange | { "type": "two_devices_change" } & TwoDevicesChange | { "type": "transfer_lock_open" } & TransferLockOpen | { "type": "password_change" } | { "type": "password_reset" } | { "type": "passkey_addition" } & PasskeyAddition | { "type": "pin_change" } & PinChange | { "type": "device_order" } & DeviceOrder | { "type": "desk_case" } & DeskCase | { "type": "number_recovery" } | { "type": "phone_move" } | { "type": "contact_change" } & ContactChange | { "type": "call" } & Call | { "type": "news_acknowledgement" }) & {
  /** The program's OAuth client id. */
  client_id: string,
  /** The program's name. */
  client_name: string,
  /** The program's own words about this request, shown there too. */
  message?: string,
  /** The address of the browser or program in which the user began it; absent where a back end asks. */
  address?: string,
  /** What the program calls itself; of a login alone. */
  agent?: string,
  /** When, Unix seconds. */
  at: number,
};

/** A confirmation that awaits this phone. */
export type Pending = {
  /** The confirmation's id. */
  id: string,
  /** Who asks: the issuer. */
  issuer: string,
  /** What is to be confirmed: an [`Operation`], kept as it came so that it is signed whole. */
  operation: Operation,
  /** When it dies, Unix seconds. */
  expires_at: number,
  /** Seconds until it dies. */
  expires_in: number,
  /** Whether the two digits on the login screen must be typed. */
  number_required: boolean,
  /** Whether the code on the login screen must be scanned: its token stands in the statement as the number would. */
  qr_required: boolean,
};

/** Who of ours is on the line with the user. */
export type Calling = {
  /** The agent's first name. */
  first_name: string,
  /** Two words that the agent says first: whoever calls and does not know them is not ours. */
  words: string,
  /** Seconds until this is no longer sure. */
  expires_in: number,
};

/** `GET confirmations`. */
export type PendingList = {
  /** Those that await this phone, oldest first. */
  confirmations: ReadonlyArray<Pending>,
  /** Who of ours is on the line with the user now; none where nobody is. */
  call?: Calling,
};

/** What the user decided. */
export type Decision = "approve" | "deny" | "report";

/** What the phone signs. */
export type Statement = {
  /** The issuer it is for. */
  issuer: string,
  /** The confirmation's id. */
  confirmation: string,
  /** The phone's device id. */
  device: string,
  /** The operation with all its details, as it was shown. */
  operation: Operation,
  /** The decision. */
  decision: Decision,
  /** The two digits that were typed, where they were asked for. */
  number?: string,
  /** When, Unix seconds. */
  decided_at: number,
};

/** `POST confirmations/{id}/approve` and `…/deny`, a JWS ([`super::typ::STATEMENT`]). */
export type Decide = {
  /** The statement. */
  statement: Statement,
  /** OCRA over SHA-256 of the statement's canonical JSON ([`operation::canonical`]), with the PIN: for an approval. */
  pin_proof?: string,
  /**
   * In its place, where the phone's platform verifies its user: the challenge is SHA-256 of the statement's canonical
   * JSON.
   */
  assertion?: Assertion,
};

/** The answer to a decision. */
export type Decided = {
  /** The confirmation's id. */
  id: string,
  /** `confirmed` or `denied`. */
  outcome: string,
};

/** `POST confirmations`, a JWS ([`super::typ::REQUEST`]). */
export type Request = {
  /** The device's id. */
  device: string,
  /** What for. */
  what: Wanted,
  /** When, Unix seconds. */
  at: number,
};

/** What a phone may ask for. */
export type Wanted = { "type": "login" } | { "type": "card_preauthorisation",
  /** The card. */
  card_id: string,
  /** The most that the purchase may be, in whole units of the card's currency. */
  amount: string,
} | { "type": "card_payment",
  /** The card. */
  card_id: string,
  /** The declined payment. */
  payment_id: string,
} | { "type": "phone_move" };

/** `POST confirmations/{id}/finish`, a JWS ([`super::typ::FINISH`]). */
export type Finish = {
  /** The device's id. */
  device: string,
  /** The confirmation's id. */
  confirmation: string,
  /** When, Unix seconds. */
  at: number,
};

/** The answer: it is carried out. */
export type Finished = {
  /** What was, as in [`Wanted`]. */
  type: string,
  /** Until when it holds, Unix seconds, where it ends. */
  expires_at?: number,
  /** What the new phone brings, where this one hands over. */
  invitation?: Invitation,
};

/** What this phone shows to the one that takes its place. */
export type Invitation = {
  /** The address in the picture. */
  link: string,
  /** What may be typed instead, with the username. */
  id: string,
  /** Seconds that it is good. */
  expires_in: number,
};

/** A public P-256 key (RFC 7518, 6.2). */
export type Jwk = {
  /** `EC`. */
  kty: string,
  /** `P-256`. */
  crv: string,
  /** base64url, 32 octets. */
  x: string,
  /** base64url, 32 octets. */
  y: string,
};

/** OCRA suites (RFC 6287) of a phone. */
export type Suites = {
  /** Responses to challenges. */
  respond: string,
  /** PIN proofs. */
  approve: string,
};

/** Tokens of the phone's API, bound to its key (RFC 9449). */
export type PhoneTokens = {
  /** For the `Authorization: DPoP` header. */
  access_token: string,
  /** `DPoP`. */
  token_type: string,
  /** Seconds the access token lives. */
  expires_in: number,
  /** For `POST refresh`; absent in that call's own answer. */
  refresh_token?: string,
};

/** `POST refresh`: another access token. */
export type Refresh = {
  /** The refresh token. */
  refresh_token: string,
};

/** A credential of the phone's platform authenticator (Web Authentication), which stands in place of a PIN. */
export type Credential = {
  /** Its id, base64url. */
  id: string,
  /** Its public key, for ES256. */
  public_key: Jwk,
};

/** An assertion by that credential; every member base64url. */
export type Assertion = {
  /** The credential's id. */
  credential_id: string,
  /** `authenticatorData`. */
  authenticator_data: string,
  /** `clientDataJSON`. */
  client_data_json: string,
  /** `signature`, DER as the browser gives it. */
  signature: string,
};

/** `POST logout`, a JWS ([`typ::LOGOUT`]): ends the app's session; the device stays. */
export type Logout = {
  /** The device's id. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** A device as a chooser shows it. */
export type DeviceRef = {
  /** The device's id (a UUID), sent back as `device_id`. */
  id: string,
  /** The device class, e.g. `dsc-plus`. */
  class: string,
  /** The label the user knows it by. Stable: programs pick by it. */
  label: string,
  /** The methods this device can confirm with, e.g. `["seamless", "challenge_response"]`. */
  methods: ReadonlyArray<string>,
  /** Whether this is the user's default device. */
  default: boolean,
};

/** A device that may not confirm what is asked: limits or the transfer lock are in its way. */
export type LimitedDevice = {
  /** The device's id (a UUID). */
  id: string,
  /** The device class. */
  class: string,
  /** The label the user knows it by. */
  label: string,
  /** The most that it could confirm now, an exact decimal of US dollars; absent where there is no limit. */
  available?: string,
};

/** A device that cannot be used now. */
export type LockedDevice = {
  /** The device's id (a UUID). */
  id: string,
  /** The device class. */
  class: string,
  /** The label the user knows it by. */
  label: string,
  /** Seconds until it may be used again; absent when only the desk can lift it. */
  retry_after?: number,
};

/** Why no notification was sent where one was wished for. */
export type Notice = "request_open" | "too_many_unanswered" | "wrong_number" | "superseded";

/** The next step of an attempt, tagged by `step`. */
export type Next = { "step": "choose_device",
  /** The usable devices, in the order to show them. */
  devices: ReadonlyArray<DeviceRef>,
  /** Those that are locked. */
  locked?: ReadonlyArray<LockedDevice>,
  /** Those that may not confirm so much. */
  limited?: ReadonlyArray<LimitedDevice>,
} | { "step": "approve",
  /** The phone that was asked. */
  device: DeviceRef,
  /** Two digits to type on the phone, only when number matching is on. */
  number?: string,
  /** No notification was sent: the app shows the request once it is opened. */
  silent?: boolean,
  /** The methods to fall back to. */
  fallback: ReadonlyArray<string>,
} | { "step": "respond",
  /** The device to use. */
  device: DeviceRef,
  /** The challenge, decimal digits. */
  challenge: string,
  /** How many digits the response has. */
  response_digits: number,
  /** Why a challenge is there where a notification was wished for. */
  notice?: Notice,
} | { "step": "code_card",
  /** The card to use. */
  device: DeviceRef,
  /** The two places asked for, in the order to type them. */
  indices: [number, number],
} | { "step": "passcode",
  /** The device to use. */
  device: DeviceRef,
  /** How many digits the passcode has. */
  digits: number,
  /** Where a sent code went, masked. */
  sent_to?: string,
} | { "step": "static_code",
  /** The temporary code's device. */
  device: DeviceRef,
} | { "step": "webauthn",
  /** The passkey to use. */
  device: DeviceRef,
  /** `PublicKeyCredentialRequestOptionsJSON`. */
  options: unknown,
} | { "step": "qr",
  /** The phone to scan with. */
  device: DeviceRef,
  /** The text of the QR code. */
  payload: string,
};

/** Why a step was refused or an attempt ended. */
export type Reason = "wrong_response" | "wrong_number" | "code_over" | "denied" | "expired" | "too_many_attempts" | "already_answered" | "device_locked" | "no_usable_device" | "invalid_credentials";

/** A way to a device again. */
export type Recovery = "registered_number";

/** What went wrong, in an answer. */
export type Failure = {
  /** The reason. */
  reason: Reason,
  /** Wrong answers left before the attempt ends. */
  attempts_left?: number,
  /** Seconds until the device may be used again (`device_locked` only; absent when only the desk can lift it). */
  retry_after?: number,
  /** Ways by which the user gets a device again without the desk (`no_usable_device` only). */
  recover?: ReadonlyArray<Recovery>,
};

/**
 * `POST activations`: username and password; or username and the id that a signed-in page shows; or what that page's
 * code says. The key of the DPoP proof is the phone's signing key from here on.
 */
export type StartActivation = {
  /** The username. */
  username?: string,
  /** The password. */
  password?: string,
  /** The id that a signed-in page shows; letter case, spaces and hyphens do not matter. */
  session_id?: string,
  /** What follows `#activate=` in that page's code. */
  session?: string,
  /** With username and password: the way to come back that is wished for, where another device would be asked first. */
  recover?: Recovery,
};

/**
 * `POST migrations`: the app that is to take over names the phone key that lives in the standalone app. The key of the
 * DPoP proof is its own signing key from here on. The answer is an [`super::ActivationStarted`] with `proof` `hand_over`
 * and a challenge.
 */
export type StartMigration = {
  /** The username. */
  username: string,
  /** The device's id in the standalone app. */
  device: string,
  /** The version of the standalone app. */
  version: string,
};

/**
 * `POST migrations/{activation}/hand-over`: what the standalone app signed. Then the activation is completed as any other,
 * and nothing more is to be proven.
 */
export type HandOverCall = {
  /** A JWS ([`super::typ::HAND_OVER`]) over [`HandOver`] by the old signing key. */
  hand_over: string,
};

/** What the standalone app signs: that the key of another app takes over. */
export type HandOver = {
  /** The device's id in the standalone app. */
  device: string,
  /** The activation's handle. */
  activation: string,
  /** The thumbprint (RFC 7638) of the signing key that takes over. */
  successor: string,
  /** The version of the standalone app. */
  version: string,
  /** The response to the challenge, made with the PIN of the standalone app. */
  response: string,
  /** When, Unix seconds. */
  at: number,
};

/** The answer: what must be proven next. */
export type ActivationStarted = {
  /** The activation's handle. */
  activation: string,
  /** Whose it is. */
  username: string,
  /** Seconds until it dies. */
  expires_in: number,
  /**
   * What must be proven: `code` (one was sent), `device` (another device of the user is asked), `session` (nothing
   * more), `phone` (nothing more: the old phone vouched), `hand_over` (the old phone signs).
   */
  proof: string,
  /** `sms` or `mail`, where a code was sent. */
  sent_by?: string,
  /** Where the code went, masked. */
  sent_to?: string,
  /** What the other device must do. */
  next?: Next,
  /** The other ways to come back: start again with one of them where the device that is asked is not at hand. */
  recover?: ReadonlyArray<Recovery>,
  /** The challenge that the standalone app answers, where that hands over. */
  challenge?: string,
  /** Whether the user's key lives in the standalone app. */
  standalone?: boolean,
  /** A JWS ([`super::typ::AGREEMENT`]) over [`Agreement`], by a key of `/oauth2/jwks`. */
  agreement: string,
};

/** The server's half of the key agreement. */
export type Agreement = {
  /** The activation, or the change of a PIN, that it belongs to. */
  activation: string,
  /** The server's ephemeral key. */
  agreement_key: Jwk,
};

/**
 * `POST activations/{activation}/confirm`: a step with the user's other device, or the code that was sent; empty asks
 * how it stands.
 */
export type ConfirmActivation = {
  /** Picks a device. */
  device_id?: string,
  /** Picks a method. */
  method?: string,
  /** Answers. */
  response?: string,
  /** The code, where one was sent: judged before the phone asks for anything else, and sent again to complete. */
  code?: string,
};

/** How it stands. */
export type Confirming = {
  /** Whether the other device confirmed. */
  confirmed: boolean,
  /** What it must do next, where it has not. */
  next?: Next,
  /** What went wrong in this step. */
  failure?: Failure,
  /** Seconds left. */
  expires_in?: number,
};

/** `POST activations/{activation}/complete`, a JWS ([`super::typ::ACTIVATION`]) by the new signing key. */
export type CompleteActivation = {
  /** The activation's handle. */
  activation: string,
  /** The code, where one was sent; letter case, spaces and hyphens do not matter. */
  code?: string,
  /** The phone's signing key, the one of its DPoP proofs. */
  signing_key: Jwk,
  /** The phone's ephemeral key. */
  agreement_key: Jwk,
  /** SHA-256 of the PIN, sealed under the key of [`super::key_label::PIN`]; base64url of nonce, ciphertext and tag. */
  sealed_pin: string,
  /** What the phone runs on: `android`, `ios`, `web` or `terminal`. */
  platform: string,
  /** A label of its own. */
  label?: string,
  /** The standalone app's version, where that is what is activated. */
  standalone?: string,
  /** The platform's credential, where that stands in place of a PIN. */
  credential?: Credential,
};

/** The answer: keys are agreed, and the first response is awaited. */
export type ActivationCompleted = {
  /** The device's id. */
  device_id: string,
  /** Its label. */
  label: string,
  /** The server's ephemeral key, as in the [`Agreement`]. */
  agreement_key: Jwk,
  /** How the phone computes. */
  suites: Suites,
  /** The challenge to answer with the new PIN, which activates the device. */
  challenge: string,
  /** Digits of its response. */
  response_digits: number,
  /** For the `Authorization: DPoP` header. */
  access_token: string,
  /** `DPoP`. */
  token_type: string,
  /** Seconds the access token lives. */
  expires_in: number,
  /** For `POST refresh`; absent in that call's own answer. */
  refresh_token?: string,
};

/** `POST activations/{activation}/prove`, a JWS ([`super::typ::FIRST_RESPONSE`]). */
export type ProveActivation = {
  /** The activation's handle. */
  activation: string,
  /** The response to the challenge. */
  response: string,
  /** Where a credential was given: an assertion whose challenge is SHA-256 of the canonical JSON of the other two. */
  assertion?: Assertion,
};

/** The answer: the phone is active. */
export type Activated = {
  /** The device's id. */
  device_id: string,
  /** `active`. */
  state: string,
  /** Devices that ended with this activation. */
  ended: ReadonlyArray<EndedDevice>,
};

/** A device that ended. */
export type EndedDevice = {
  /** Its id. */
  id: string,
  /** Its label. */
  label: string,
  /** Its state now. */
  state: string,
  /** Since when it had been active, Unix seconds. */
  since: number,
};

/** `GET /app/help/{language}`. */
export type HelpText = {
  /** The pages under their headings, in order. */
  groups: ReadonlyArray<HelpGroup>,
};

/** Pages under a heading. */
export type HelpGroup = {
  /** The heading. */
  title: string,
  /** The pages. */
  pages: ReadonlyArray<HelpArticle>,
};

/** A page. */
export type HelpArticle = {
  /** The last part of its path. */
  name: string,
  /** Its title. */
  title: string,
  /** What it is about, in one sentence. */
  about: string,
  /** What it says. */
  blocks: ReadonlyArray<HelpBlock>,
};

/** A piece of a page. */
export type HelpBlock = {
  /** What it is. */
  kind: HelpKind,
  /** What it says. */
  text: string,
};

/** What a piece of a page is. */
export type HelpKind = "heading" | "paragraph" | "step" | "point";

/** `GET cards`. */
export type CardList = {
  /** The user's cards. */
  cards: ReadonlyArray<Card>,
};

/** A debit card. */
export type Card = {
  /** The processor's name for it. */
  id: string,
  /** What it is called. */
  label: string,
  /** The end of its number. */
  last_four: string,
  /** Whether it pays at all. */
  state: CardState,
  /** ISO 4217. */
  currency: string,
  /** What it could pay now: an exact decimal. */
  available: string,
  /** Up to this amount it pays without being asked: an exact decimal. */
  limit: string,
  /** The large purchase that it would pay at once. */
  preauthorisation?: Preauthorisation,
  /** Payments that were declined and may be authorised, the latest first. */
  declined: ReadonlyArray<Declined>,
};

/** Whether a card pays at all. */
export type CardState = "pending" | "active" | "blocked" | "cancelled";

/** A large purchase that was allowed beforehand. */
export type Preauthorisation = {
  /** The most it may be: an exact decimal. */
  amount: string,
  /** Until when, Unix seconds. */
  expires_at: number,
};

/** A payment that was declined. */
export type Declined = {
  /** The processor's name for it. */
  id: string,
  /** Who was to be paid. */
  merchant: string,
  /** When, Unix seconds. */
  at: number,
  /** An exact decimal, such as `250000.00`. */
  amount: string,
  /** ISO 4217. */
  currency: string,
};

/** `POST cards/{id}/block`, a JWS ([`super::typ::CARD_BLOCK`]). */
export type Block = {
  /** The device's id. */
  device: string,
  /** The card's. */
  card: string,
  /** When, Unix seconds. */
  at: number,
};

/** How the user of a phone proves presence. */
export type Form = "pin" | "biometric";

/** `GET device`: the phone as the server knows it. */
export type PhoneDevice = {
  /** The device's id. */
  device_id: string,
  /** Whose it is. */
  username: string,
  /** What people and programs choose it by. */
  label: string,
  /** Its class. */
  class: string,
  /** What it said that it runs on. */
  platform: string,
  /** The stable name of its state. */
  state: string,
  /** How presence is proved. */
  form: Form,
  /** When it was added, Unix seconds. */
  created_at: number,
  /** When it last confirmed something. */
  last_used_at?: number,
};

/** `GET device/fate`: what became of the phone, also of one that has ended. */
export type Fate = {
  /** The stable name of its state. */
  state: string,
  /** The phone that took its place. */
  successor?: Successor,
};

/** A phone that took another one's place. */
export type Successor = {
  /** Its label. */
  label: string,
  /** What it runs on. */
  platform: string,
  /** Since when, Unix seconds. */
  since: number,
  /** Until when the old phone may end it by a veto, Unix seconds: it came back by a code alone. */
  veto_until?: number,
};

/** `POST device/veto`, a JWS ([`crate::phone::typ::VETO`]): ends the phone that took this one's place. */
export type Veto = {
  /** The id of the phone that was replaced. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** How the lock stands. */
export type LockState = "open" | "closed" | "opening";

/** `GET transfer-lock`, and the answer of closing it. */
export type TransferLock = {
  /** How it stands. */
  state: LockState,
  /** When it opens, Unix seconds; where it is opening. */
  until?: number,
  /** Whole hours that opening it takes; where it is not open. */
  wait_hours?: number,
  /** Whether it holds card payments too. */
  cards: boolean,
};

/** `POST transfer-lock`, a JWS ([`crate::phone::typ::TRANSFER_LOCK`]): closes it, or keeps it closed, as it was closed last. */
export type CloseLock = {
  /** The device's id. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** `POST device/label`, a JWS ([`crate::phone::typ::LABEL`]). */
export type Rename = {
  /** The device's id. */
  device: string,
  /** The new label: 1 to 60 characters that are shown as they are, no other living device's of this user. */
  label: string,
  /** When, Unix seconds. */
  at: number,
};

/** `POST device/remove`, a JWS ([`crate::phone::typ::REMOVAL`]). */
export type Remove = {
  /** The device's id. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** `POST activity/report`, a JWS ([`crate::phone::typ::DISOWN`]): "it wasn't me", said of what happened. */
export type Disown = {
  /** The device's id. */
  device: string,
  /** The attempt, as a line's `report` names it. */
  attempt: string,
  /** When, Unix seconds. */
  at: number,
};

/** `GET activity`: what happened to the user, the latest first. */
export type Activity = {
  /** The lines. */
  activity: ReadonlyArray<ActivityLine>,
};

/** Something that happened. */
export type ActivityLine = {
  /** When, Unix seconds. */
  at: number,
  /** In words of the asked language. */
  text: string,
  /** How often, where it happened more than once and is told as one line; `at` and `address` are those of the last time. */
  count?: number,
  /** The network address it came from. */
  address?: string,
  /** Whether the owner should look twice. */
  alarming: boolean,
  /** The attempt of which the owner can say "it wasn't me"; none of others. */
  report?: string,
};

/** `POST pin-changes`, a JWS ([`crate::phone::typ::PIN_CHANGE`]). */
export type ChangePin = {
  /** The device's id. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** The answer: two responses are awaited. */
export type PinChangeBegun = {
  /** The change's handle. */
  change: string,
  /** Seconds until it dies. */
  expires_in: number,
  /** A JWS ([`crate::phone::typ::AGREEMENT`]) over [`crate::phone::Agreement`], whose `activation` is the change. */
  agreement: string,
  /** What both responses answer. */
  challenge: string,
  /** Digits of a response. */
  response_digits: number,
};

/** `POST pin-changes/{change}/complete`, a JWS ([`crate::phone::typ::NEW_PIN`]). */
export type NewPin = {
  /** The change's handle. */
  change: string,
  /** The phone's ephemeral key. */
  agreement_key: Jwk,
  /** SHA-256 of the new PIN, sealed under the key of [`crate::phone::key_label::PIN`] of this agreement. */
  sealed_pin: string,
  /** The response with the current PIN. */
  current_response: string,
  /** The response with the new PIN, at the next counter. */
  new_response: string,
};

/** `GET push-subscription`: whether and where this phone is woken. */
export type PushState = {
  /** The server's public key, `applicationServerKey` for the browser: base64url, 65 octets. */
  server_key: string,
  /** This phone's subscription. */
  subscription: SubscriptionState | null,
};

/** A subscription as its phone may see it. */
export type SubscriptionState = {
  /** The push service. */
  origin: string,
  /** When it was made, Unix seconds. */
  created_at: number,
  /** When a push was last tried, Unix seconds. */
  last_sent_at?: number,
  /** What came of it: `accepted`, `gone` (subscribe anew), `refused` or `unreachable`. */
  last_result?: string,
};

/**
 * `POST push-subscription`, a JWS ([`super::typ::PUSH_SUBSCRIPTION`]): wake this phone there. It takes the place of an
 * older subscription.
 */
export type Subscribe = {
  /** The device's id. */
  device: string,
  /** The address that the browser was given. */
  endpoint: string,
  /** The browser's keys. */
  keys: SubscriptionKeys,
  /** When, Unix seconds. */
  at: number,
};

/** The keys of a subscription, base64url (Push API, `PushSubscriptionJSON`). */
export type SubscriptionKeys = {
  /** The browser's public key: an uncompressed point of P-256, 65 octets. */
  p256dh: string,
  /** Its authentication secret, 16 octets. */
  auth: string,
};

/**
 * `POST push-subscription/end` and `…/test`, a JWS ([`super::typ::PUSH_END`], [`super::typ::PUSH_TEST`]): wake this
 * phone no more; wake it once to see whether it works.
 */
export type PushCall = {
  /** The device's id. */
  device: string,
  /** When, Unix seconds. */
  at: number,
};

/** What a push says. Ids only: what is asked the phone fetches itself. */
export type PushMessage = {
  /** The form of the message: 1. */
  v: number,
  /** Why the phone is woken. */
  kind: PushKind,
  /** The phone's device id: an app may hold several. */
  device: string,
  /** The confirmation that awaits it. */
  confirmation?: string,
};

/** Why a phone is woken. */
export type PushKind = "request" | "test";

/** `GET /app/config.json`: what the app may know before anybody is known. */
export type Config = {
  /** The issuer. */
  issuer: string,
  /** The product's name. */
  product: string,
  /** The trader's address; absent where there is none. */
  trade_url?: string,
  /** Whether the institution has debit cards. */
  cards: boolean,
  /** Whether this is the demo. */
  demo: boolean,
  /** Telephone numbers of the desk. */
  desk: ReadonlyArray<Desk>,
  /** Whether the desk is told by itself when a user says "it wasn't me". */
  desk_told: boolean,
  /** The oldest version of the standalone app that hands over by itself; an older one is updated first. */
  standalone_from: string,
};

/** A telephone number of the desk. */
export type Desk = {
  /** ISO 3166-1 alpha-2. */
  country: string,
  /** As it is dialled from abroad. */
  phone: string,
};

/** `POST /app/session`: the code of a first-party login of the app. */
export type OpenSession = {
  /** The authorization code. */
  code: string,
  /** The verifier of its PKCE challenge (RFC 7636). */
  code_verifier: string,
};

/** The app's session at the server. */
export type Session = {
  /** Whose. */
  username: string,
  /** When it ends, Unix seconds. */
  expires_at: number,
};
