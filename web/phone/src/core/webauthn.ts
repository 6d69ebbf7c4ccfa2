// The platform's own authenticator (face, finger, the screen's lock), by WebAuthn. What the private key signs is the
// hash of what is decided; the secret of the responses is one that only the authenticator can compute (PRF).

import type { Jwk } from "./jose";
import { type Octets, base64url, fromBase64url, hex, utf8 } from "./octets";
import { PhoneError } from "./types";

/** What `get` gives, as the server takes it. */
export interface Assertion {
  readonly credential_id: string;
  readonly authenticator_data: string;
  readonly client_data_json: string;
  readonly signature: string;
}

/** A new credential. */
export interface Created {
  readonly id: string;
  readonly publicKey: Jwk;
  /** The secret, where the authenticator computes it at creation already. */
  readonly secret?: string;
}

/** What the secret is computed from. */
const PRF_INPUT = "countersign/pin/v1";

/** How long the user may take, in milliseconds. */
const PATIENCE = 90_000;

/** -7: what the server verifies. -257 only because some browsers warn when it is absent; it is refused below. */
const ALGORITHMS: PublicKeyCredentialParameters[] = [
  { type: "public-key", alg: -7 },
  { type: "public-key", alg: -257 },
];

/** Whether this phone has an authenticator that verifies its user. */
export async function available(): Promise<boolean> {
  try {
    if (typeof PublicKeyCredential === "undefined") return false;
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** Makes a credential for a username. Throws `unsupported` where the PIN form must do instead. */
export async function create(username: string, product: string): Promise<Created> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: { id: location.hostname, name: product },
    user: { id: random(), name: username, displayName: username },
    challenge: random(),
    pubKeyCredParams: ALGORITHMS,
    authenticatorSelection: {
      authenticatorAttachment: "platform",
      residentKey: "preferred",
      userVerification: "required",
    },
    attestation: "none",
    timeout: PATIENCE,
    extensions: { prf: { eval: { first: utf8(PRF_INPUT) } } },
  };
  const credential = await asked((signal) => navigator.credentials.create({ publicKey, signal }));
  const response = credential.response as AuthenticatorAttestationResponse;
  const spki = response.getPublicKey();
  if (response.getPublicKeyAlgorithm() !== -7 || !spki) throw new PhoneError("unsupported", { reason: "algorithm" });
  const prf = credential.getClientExtensionResults().prf;
  if (prf?.enabled === false) throw new PhoneError("unsupported", { reason: "prf" });
  const secret = secretOf(prf);
  return { id: base64url(credential.rawId), publicKey: await jwkOf(spki), ...(secret !== undefined && { secret }) };
}

/** Asks the user, over a challenge: 32 octets. */
export async function assert(id: string, challenge: Octets): Promise<{ assertion: Assertion; secret: string | undefined }> {
  const credentialId = fromBase64url(id);
  if (!credentialId) throw new PhoneError("storage");
  const publicKey: PublicKeyCredentialRequestOptions = {
    rpId: location.hostname,
    challenge,
    allowCredentials: [{ type: "public-key", id: credentialId, transports: ["internal"] }],
    userVerification: "required",
    timeout: PATIENCE,
    extensions: { prf: { eval: { first: utf8(PRF_INPUT) } } },
  };
  const credential = await asked((signal) => navigator.credentials.get({ publicKey, signal }));
  const response = credential.response as AuthenticatorAssertionResponse;
  const assertion: Assertion = {
    credential_id: base64url(credential.rawId),
    authenticator_data: base64url(response.authenticatorData),
    client_data_json: base64url(response.clientDataJSON),
    signature: base64url(response.signature),
  };
  return { assertion, secret: secretOf(credential.getClientExtensionResults().prf) };
}

/** The secret alone, as it stands for a PIN in responses; works without a network. */
export async function secret(id: string): Promise<string> {
  const { secret: given } = await assert(id, random());
  if (given === undefined) throw new PhoneError("unsupported", { reason: "prf" });
  return given;
}

/** The browser's answer, within a time of our own: some browsers never answer when there is nobody to ask. */
async function asked(ask: (signal: AbortSignal) => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PhoneError("timeout"));
      ended.abort();
    }, PATIENCE + 5_000);
  });
  try {
    const credential = await Promise.race([ask(ended.signal), late]);
    if (!(credential instanceof PublicKeyCredential)) throw new PhoneError("cancelled");
    return credential;
  } catch (error) {
    if (error instanceof PhoneError) throw error;
    // The browser does not tell "no" from "walked away" from "no such credential here".
    const name = error instanceof DOMException ? error.name : "";
    throw new PhoneError(name === "NotAllowedError" || name === "AbortError" ? "cancelled" : "unsupported", { reason: name });
  } finally {
    clearTimeout(timer);
  }
}

function secretOf(prf: AuthenticationExtensionsPRFOutputs | undefined): string | undefined {
  const first = prf?.results?.first;
  if (first === undefined) return undefined;
  const octets = first instanceof ArrayBuffer ? new Uint8Array(first) : copied(first as ArrayBufferView);
  return octets.length === 32 ? hex(octets) : undefined;
}

function copied(view: ArrayBufferView): Octets {
  return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

async function jwkOf(spki: ArrayBuffer): Promise<Jwk> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", key);
  return { kty: "EC", crv: "P-256", x, y };
}

function random(): Octets {
  return crypto.getRandomValues(new Uint8Array(32));
}
