// python-pskc (PyPI): key files in both directions.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { client } from "../../e2e/src/phone.mjs";
import { operator } from "../src/here.mjs";
import { judged } from "../src/judged.mjs";

const folder = await mkdtemp(path.join(tmpdir(), "pskc-"));
after(() => rm(folder, { recursive: true }));

const PASSWORD = "пароль: hunter2";
const password_file = path.join(folder, "password");
await writeFile(password_file, `${PASSWORD}\n`);

const KEYS = [
  {
    id: "1",
    serial: "77",
    algorithm: "ocra",
    algorithm_suite: "OCRA-1:HOTP-SHA256-8:C-QN06",
    counter: 7,
    secret: "5a".repeat(32),
  },
  { id: "2", serial: "<78>", algorithm: "hotp", counter: 4_000_000_000, secret: "c3".repeat(20) },
];

/** What our program lists of a key as the judge wrote it. */
const listed = ({ id, serial, algorithm, algorithm_suite, counter, secret }) => ({
  serial,
  key_id: id,
  algorithm: algorithm.startsWith("urn:") ? algorithm : `urn:ietf:params:xml:ns:keyprov:pskc:${algorithm}`,
  ...(algorithm_suite && { suite: algorithm_suite }),
  counter,
  secret_hex: secret,
});

/** What the judge writes and we read, by each method that it knows. */
const METHODS = ["aes128-cbc", "aes192-cbc", "aes256-cbc", "kw-aes128", "kw-aes192", "kw-aes256"];

test("what it encrypts we read, by key and by password", async () => {
  for (const algorithm of METHODS) {
    const key = "7e".repeat(Number(algorithm.match(/\d+/)[0]) / 8);
    for (const [more, opened] of [
      [{ key }, ["--key-hex", key]],
      [{ password: PASSWORD }, ["--password-file", password_file]],
    ]) {
      const file = path.join(folder, `${algorithm}-${Object.keys(more)}.xml`);
      assert.deepEqual(await judged({ check: "writes_key_file", path: file, keys: KEYS, algorithm, ...more }), [
        "good",
      ]);
      const { code, out, err } = await client("pskc", file, ...opened, "--show-secrets");
      assert.equal(code, 0, `${algorithm}: ${err}`);
      assert.deepEqual(JSON.parse(out), KEYS.map(listed), algorithm);
    }
  }
});

test("by another password nothing opens", async () => {
  const file = path.join(folder, "other.xml");
  assert.deepEqual(await judged({ check: "writes_key_file", path: file, keys: KEYS, password: "another" }), ["good"]);
  const { code, out, err } = await client("pskc", file, "--password-file", password_file, "--show-secrets");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /line \d+, KeyContainer\/KeyPackage\/Key\/Data\/Secret: it does not open/);
});

test("what we export it reads, and nobody without the password", async () => {
  const [from, to] = ["maker.xml", "export.xml"].map((name) => path.join(folder, name));
  const keys = KEYS.filter(({ algorithm }) => algorithm === "ocra").map((key) => ({ ...key, serial: "JUDGE-77" }));
  assert.deepEqual(await judged({ check: "writes_key_file", path: from, keys, password: PASSWORD }), ["good"]);
  await operator("token", "import", from, "--class", "dsc-plus", "--password-file", password_file);
  await operator("token", "export", to, "--password-file", password_file);
  const found = keys.map(({ serial, algorithm_suite, counter, secret }) => ({
    serial,
    algorithm: "urn:ietf:params:xml:ns:keyprov:pskc:ocra",
    suite: algorithm_suite,
    counter,
    secret,
  }));
  const good = { check: "key_file", path: to, keys: found, password: PASSWORD };
  const other = { ...found[0], secret: "00".repeat(32) };
  const answers = await judged(good, { ...good, keys: [other] }, { ...good, password: "another" });
  assert.deepEqual(answers, ["good", "ValueError", "DecryptionError"]);
});
