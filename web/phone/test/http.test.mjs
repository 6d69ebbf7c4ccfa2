import assert from "node:assert/strict";
import { createServer } from "node:http";
import test, { after, before } from "node:test";
import { answer, request, serverTime } from "../../node_modules/.tests/phone/http.js";

let server;
let url;
const waiting = [];

const ANSWERS = {
  "/good": [200, "application/json", "{\"a\":1}", { "x-server-time": "1700000000" }],
  "/empty": [204, "text/plain", ""],
  "/problem": [
    403,
    "application/problem+json",
    "{\"type\":\"/problems/wrong-response\",\"title\":\"t\",\"status\":403,\"reason\":\"pin\",\"attempts_left\":2,\"retry_after\":30}",
  ],
  "/gateway": [502, "text/html", "<h1>Bad gateway</h1>"],
  "/html": [200, "text/html", "<h1>Sign in to this network</h1>", { "x-server-time": "soon" }],
  "/moved": [302, "text/plain", "", { location: "/good" }],
};

before(async () => {
  server = createServer((asked, response) => {
    const found = ANSWERS[asked.url];
    // What has no answer is never answered; `/half` begins to.
    if (asked.url === "/half") response.writeHead(200).write("{");
    if (!found) return waiting.push(response);
    const [status, type, body, more] = found;
    return response.writeHead(status, { "content-type": type, ...more }).end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path, more) => request(`${url}${path}`, { method: "GET", ...more });
const slug = (expected) => (error) => error.slug === expected;

test("answers, and what they say of the time", async () => {
  const good = await get("/good");
  assert.equal(serverTime(good), 1_700_000_000);
  assert.deepEqual(await answer(good), { a: 1 });
  assert.equal(await answer(await get("/empty")), undefined);
  assert.equal(serverTime(await get("/html")), undefined);
});

test("a problem document becomes an error with its facts", async () => {
  await assert.rejects(answer(await get("/problem")), (error) => {
    assert.equal(error.slug, "wrong-response");
    assert.deepEqual(error.detail, { reason: "pin", attemptsLeft: 2, retryAfter: 30 });
    return true;
  });
  await assert.rejects(answer(await get("/gateway")), slug("internal"));
  await assert.rejects(answer(await get("/html")), slug("malformed"), "a hotel's network answers everything");
});

test("what never comes: too late, broken off, not there, sent elsewhere", async () => {
  await assert.rejects(get("/never", { patience: 50 }), slug("timeout"));
  await assert.rejects(get("/half", { patience: 50 }), slug("timeout"), "the limit holds for the whole answer");
  const ended = new AbortController();
  const asked = get("/never", { signal: ended.signal });
  ended.abort();
  await assert.rejects(asked, slug("cancelled"));
  await assert.rejects(get("/good", { signal: AbortSignal.abort() }), slug("cancelled"));
  await assert.rejects(get("/moved"), slug("offline"));
  await assert.rejects(request("http://127.0.0.1:1/", { method: "GET" }), slug("offline"));
});
