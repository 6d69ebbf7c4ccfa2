// What the server can refuse has words of its own in the app.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { explain } from "../../node_modules/.tests/phone/problems.js";
import { PhoneError } from "../../node_modules/.tests/phone/types.js";

const SERVER = path.resolve(import.meta.dirname, "../../../crates/server/src/http/problem/slug.rs");

/** Of forms on hosted pages alone. */
const OF_PAGES = ["form-expired"];

/** Every problem type of the server, as its own table lists them. */
function slugs() {
  const source = readFileSync(SERVER, "utf8");
  const [, table] = /\nslugs! \{(.*?)\n\}/s.exec(source);
  const rows = table.split("\n").filter((line) => line.trim().endsWith(";"));
  const found = [...table.matchAll(/^ {4}\w+ = "([a-z-]+)", [A-Z_]+, "/gm)].map(([, slug]) => slug);
  assert(found.length > 30 && found.length === rows.length, "the server's table is not read as it is written");
  return found;
}

const said = (slug, reason) => explain(new PhoneError(slug, { reason }));

test("every problem of the server is explained", () => {
  const unknown = said("nothing-of-the-kind");
  assert.equal(unknown, "problem-unexpected");
  assert.deepEqual(slugs().filter((slug) => !OF_PAGES.includes(slug) && said(slug) === unknown), []);
});

test("a code of the settings page, and a name that another device has, are named", () => {
  assert.equal(said("unknown-invitation"), "problem-unknown-invitation");
  assert.deepEqual(["label", "label_taken", "pin"].map((reason) => said("bad-request", reason)), [
    "problem-label", "problem-label-taken", "problem-bad-request",
  ]);
});
