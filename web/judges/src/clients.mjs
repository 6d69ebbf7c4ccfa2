// The client programs that the judges stand for, as an operator registers them.

import { createHash, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";

/** Where answers go. Nobody listens there: the tests' browser stops at the door. */
export const CALLBACK = "https://rp.example/callback";

/** Where the browser goes after a logout. */
export const GOODBYE = "https://rp.example/goodbye";

/** The parts of the institution's API. */
export const API_SCOPES = [
  "users:read",
  "activity:read",
  "sessions:write",
  "accounts:read",
  "accounts:write",
  "rates:read",
  "rates:write",
  "limits:read",
  "withdrawals:read",
  "withdrawals:write",
  "webhooks:read",
  "webhooks:write",
];

const SCOPES = ["openid", "profile", "offline_access"];

/**
 * Every client: `{ id, secret?, key?, oauth }`, with `oauth` as in the configuration file. `site` is where Apache's
 * pages are; at `told` and `pinged` tests listen for what the server tells clients.
 */
export async function registered({ site, told, pinged }) {
  const usual = { redirect_uris: [CALLBACK], post_logout_redirect_uris: [GOODBYE], scopes: SCOPES };
  const asking = { scopes: ["openid"], ciba: "poll", authorization_details_types: ["withdrawal", "card_payment"] };
  const ping = { ciba: "ping", client_notification_endpoint: `${pinged}/ping` };
  const all = [
    open("desktop", usual),
    open("bound", { ...usual, dpop_bound_access_tokens: true }),
    known("portal", "client_secret_basic", usual),
    known("poster", "client_secret_post", usual),
    known("pusher", "client_secret_basic", {
      ...usual,
      require_pushed_authorization_requests: true,
      authorization_details_types: ["withdrawal"],
    }),
    known("resource", "client_secret_basic", { introspection: true }),
    known("payments", "client_secret_basic", asking),
    known("other-payments", "client_secret_basic", asking),
    known("pinged", "client_secret_basic", { ...asking, ...ping }),
    known("coded", "client_secret_basic", { ...asking, user_code: true }),
    await signing("signer", { ...usual, ciba: "poll" }),
    await signing("bank", { ...usual, profile: "fapi2" }),
    await signing("bank-too", { ...usual, profile: "fapi2", ciba: "poll" }, "PS256"),
    await signing("bank-three", { ...usual, profile: "fapi2", ciba: "poll" }, "EdDSA"),
    await signing("ciba-bank", { ...usual, ciba: "poll", signed_requests: true }),
    known("plain", "client_secret_basic", { ...usual, nonce_instead_of_pkce: true }),
    known("classic", "client_secret_basic", { ...usual, id_token_signed_response_alg: "RS256" }),
    known("office", "client_secret_basic", { scopes: API_SCOPES }),
    known("told", "client_secret_basic", { ...usual, backchannel_logout_uri: `${told}/logout` }),
    known("apache", "client_secret_basic", {
      redirect_uris: [`${site}/protected/answer`],
      post_logout_redirect_uris: [`${site}/goodbye.html`],
      backchannel_logout_uri: `${site}/protected/answer?logout=backchannel`,
    }),
  ];
  return Object.fromEntries(all.map((client) => [client.id, client]));
}

function open(id, oauth) {
  return { id, oauth: { auth: "none", ...oauth } };
}

function known(id, auth, oauth) {
  const word = secret();
  const secret_sha256 = createHash("sha256").update(word).digest("hex");
  return { id, secret: word, oauth: { auth, secret_sha256, ...oauth } };
}

async function signing(id, oauth, alg = "ES256") {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), alg }];
  return { id, alg, key: await exportJWK(privateKey), oauth: { auth: "private_key_jwt", keys, ...oauth } };
}

/** A secret that nobody guesses. */
export function secret() {
  return randomBytes(32).toString("base64url");
}
