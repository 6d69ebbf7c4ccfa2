// The institution's API as strangers to our code see it: openid-client fetches the token, schemathesis reads the document
// and calls every operation of it, joserfc verifies receipt and statement, standardwebhooks what a webhook is sent.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { before, test } from "node:test";
import * as oidc from "openid-client";
import { PATIENCE } from "../../e2e/src/patience.mjs";
import { API_SCOPES } from "../src/clients.mjs";
import { person, scene } from "../src/here.mjs";
import { altered, judged } from "../src/judged.mjs";
import { relyingParty } from "../src/relying-party.mjs";

const alice = person(import.meta.filename);

let office;
let tokens;
before(async () => {
  office = await relyingParty("office");
  tokens = await oidc.clientCredentialsGrant(office, { scope: API_SCOPES.join(" ") });
});

/** Calls an operation; the answer, which must have this status. */
async function call(method, place, { body, key, status = 200 } = {}) {
  const headers = new Headers(body && { "content-type": "application/json" });
  if (key) headers.set("idempotency-key", `"${key}"`);
  const url = new URL(`/api/v1${place}`, scene.issuer);
  const sent = body && JSON.stringify(body);
  const answer = await oidc.fetchProtectedResource(office, tokens.access_token, url, method, sent, headers);
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${place}: ${text}`);
  return text && JSON.parse(text);
}

const destination = { name: "A. Person", account: "DE89 3704 0044 0532 0130 17" };
const asked = (amount) => ({ user: alice.username, amount, currency: "USD", destination });

/** A withdrawal that alice confirms on the phone. */
async function confirmed(amount) {
  const phone = alice.phoneId;
  const made = await call("POST", "/withdrawals", {
    body: { ...asked(amount), device_id: phone },
    key: randomUUID(),
    status: 201,
  });
  const { id } = await alice.pending();
  await alice.approve(id);
  const done = await call("POST", `/withdrawals/${made.id}/continue`, { body: { wait: 5 } });
  assert.equal(done.state, "confirmed");
  return done;
}

test("receipt and statement of a withdrawal verify without us", async () => {
  const { id, user } = await confirmed("12.50");
  const { receipt, statement, device_key } = await call("GET", `/withdrawals/${id}/evidence`);
  const details = [
    { type: "withdrawal", amount: "12.50", currency: "USD", destination, account_id: "—", reference: "—" },
  ];
  const good = { check: "evidence", token: receipt, client_id: "office", sub: user, details, statement, device_key };
  const answers = await judged(
    good,
    { ...good, details: [{ ...details[0], amount: "12.51" }] },
    { ...good, statement: altered(statement, 1) },
    { ...good, token: altered(receipt, 1) },
  );
  assert.deepEqual(answers, [
    "good",
    "InvalidClaimError(authorization_details)",
    "InvalidClaimError(statement_sha256)",
    "BadSignatureError",
  ]);
});

test("what a webhook is sent is signed as Standard Webhooks say", async () => {
  let hear;
  const heard = new Promise((resolve) => (hear = resolve));
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.writeHead(204).end();
    hear({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const late = setTimeout(hear, PATIENCE);
  try {
    const url = `http://localhost:${server.address().port}/hook`;
    const { id, secret } = await call("POST", "/webhooks", {
      body: { url, events: ["withdrawal.confirmed"] },
      status: 201,
    });
    const done = await confirmed("3.25");
    const told = await heard;
    assert(told, "nothing was told");
    const { headers, body } = told;
    assert.deepEqual([JSON.parse(body).type, JSON.parse(body).data.id], ["withdrawal.confirmed", done.id]);
    const good = { check: "webhook", secret, headers, body };
    const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const answers = await judged(good, { ...good, body: `${body} ` }, { ...good, secret: other });
    assert.deepEqual(answers, ["good", "WebhookVerificationError", "WebhookVerificationError"]);
    await call("DELETE", `/webhooks/${id}`, { status: 204 });
  } finally {
    clearTimeout(late);
    server.close();
  }
});

test("every operation keeps to the document, whatever it is sent", async () => {
  await call("PUT", "/accounts/J1", { body: { users: [alice.username], currency: "USD", equity: "812345.00" } });
  await call("PUT", "/rates/EUR", { body: { usd: "1.08", as_of: new Date(Date.now() - 60_000).toISOString() } });
  const url = "https://hook.example/";
  const webhook = await call("POST", "/webhooks", { body: { url, events: ["withdrawal.settled"] }, status: 201 });
  const { id } = await call("POST", "/withdrawals", {
    body: { ...asked("1.00"), account_id: "J1" },
    key: randomUUID(),
    status: 201,
  });
  // What exists, so that operations are reached and not only their refusals.
  const known = { users: alice.username, accounts: "J1", withdrawals: id, webhooks: webhook.id };
  const operations = Object.entries(known).map(
    ([noun, value]) =>
      `[[operations]]\ninclude-path-regex = "^/api/v1/${noun}/"\nparameters = { "path.id" = "${value}" }\n`,
  );
  const rates = '[[operations]]\ninclude-path-regex = "^/api/v1/rates/"\nparameters = { "path.currency" = "EUR" }\n';
  const config = path.join(path.dirname(scene.pinFile), "schemathesis.toml");
  await writeFile(config, [...operations, rates].join("\n"));
  const checks = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
  ];
  const args = ["--config-file", config, "run", `${scene.issuer}/api/openapi.json`, "--no-color", "--workers", "1"];
  const rest = ["--checks", checks.join(","), "--max-examples", "15", "--tls-verify", scene.ca, "--seed", "1"];
  const header = ["--header", `Authorization: Bearer ${tokens.access_token}`];
  const program = path.join(path.dirname(scene.python), "schemathesis");
  const said = await new Promise((resolve) => {
    execFile(program, [...args, ...rest, ...header], { cwd: path.dirname(config), maxBuffer: 1 << 26 }, (error, out) =>
      resolve({ error, out }),
    );
  });
  assert.equal(said.error, null, said.out);
  assert.match(said.out, /Tested: (\d+)/);
});
