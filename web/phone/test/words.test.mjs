// The app's catalogues: equal keys and arguments, the plural forms of their languages, every message used, every used
// message there.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { FluentResource } from "@fluent/bundle";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const SOURCES = ["../src", "../standalone"].map((folder) => path.resolve(import.meta.dirname, folder));
const FORMS = { en: ["one", "other"], ru: ["few", "one", "other"] };

/** The messages of a catalogue: of each, its text, its arguments and, of an argument that chooses, the forms. */
function catalogue(lang) {
  const text = readFileSync(path.join(ROOT, `i18n/app.${lang}.ftl`), "utf8");
  const written = text.split("\n").filter((line) => /^[a-z]/.test(line)).length;
  const { body } = new FluentResource(text);
  // Fluent passes over what it cannot read; here nothing may be lost.
  assert.equal(body.length, written, `app.${lang}.ftl is not read as it is written`);
  const found = new Map();
  for (const { id, value, attributes } of body) {
    assert.deepEqual(Object.keys(attributes), [], `${id}: attributes are not used here`);
    assert.ok(!found.has(id), `${id} is there twice`);
    const shape = { text: "", args: new Set(), forms: new Map() };
    read(value, shape);
    found.set(id, shape);
  }
  return found;
}

function read(pattern, shape) {
  if (typeof pattern === "string") {
    shape.text += pattern;
    return;
  }
  for (const part of pattern) {
    if (typeof part === "string") shape.text += part;
    else if (part.type === "var") shape.args.add(part.name);
    else if (part.type === "select") {
      shape.args.add(part.selector.name);
      shape.forms.set(part.selector.name, part.variants.map(({ key }) => key.name ?? key.value).sort());
      for (const { value } of part.variants) read(value, shape);
    } else assert.fail(`only arguments are inserted into messages: ${JSON.stringify(part)}`);
  }
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(file);
    else if (/\.tsx?$/.test(entry.name)) yield readFileSync(file, "utf8");
  }
}

const [en, ru] = [catalogue("en"), catalogue("ru")];

test("both catalogues have the same messages with the same arguments", () => {
  assert.ok(en.size > 300);
  assert.deepEqual([...en.keys()].sort(), [...ru.keys()].sort());
  for (const [id, { args, forms }] of en) {
    assert.deepEqual(ru.get(id).args, args, id);
    assert.deepEqual([...ru.get(id).forms.keys()], [...forms.keys()], id);
  }
});

test("numbers take the forms of their language", () => {
  for (const [lang, messages] of [["en", en], ["ru", ru]]) {
    for (const [id, { forms }] of messages) {
      for (const there of forms.values()) assert.deepEqual(there, FORMS[lang], `${lang}: ${id}`);
    }
  }
});

test("the catalogues are in their languages", () => {
  // Names, and what is called the same everywhere.
  const same = ["pin", "form-pin", "language-en", "language-ru", "look-ios", "look-android", "request-program"];
  for (const [id, { text }] of en) assert.ok(id === "language-ru" || !/[а-яё]/i.test(text), `${id} is not in English`);
  for (const [id, { text }] of ru) assert.ok(same.includes(id) || /[а-яё]/i.test(text), `${id} is not in Russian`);
});

test("the hosted pages and the app call one thing by one name", () => {
  for (const [lang, app, quoted] of [["en", en, (words) => `“${words}”`], ["ru", ru, (words) => `«${words}»`]]) {
    const pages = readFileSync(path.join(ROOT, `i18n/${lang}.ftl`), "utf8");
    const hosted = (key) => new RegExp(`^${key} = (.+)$`, "m").exec(pages)[1];
    const of = (key) => app.get(key).text;
    for (const key of ["activate-by-scan-words", "activate-session-words"]) assert.ok(of(key).includes(quoted(hosted("invite-title"))), `${lang}: ${key}`);
    for (const key of ["invite-scan", "login-scan-words"]) assert.ok(hosted(key).includes(quoted(of("scan"))), `${lang}: ${key}`);
    assert.ok(hosted("invite-scan").includes(quoted(of("authentication"))), `${lang}: invite-scan`);
    for (const [key, name] of [
      ["help-app-silent-scan", "scan"], ["help-app-silent-check", "check"], ["help-app-offline-2", "respond"], ["help-app-offline-3", "generate"],
      ["help-app-not-me", "not-me"], ["demo-app-1", "authentication"], ["demo-app-1", "activate-by-password"],
    ]) assert.ok(hosted(key).includes(quoted(of(name))), `${lang}: ${key}`);
    for (const [key, ...names] of [
      ["help-points-trading-words", "trade"], ["help-points-authentication-words", "authentication"],
      ["help-points-both-words", "authentication", "trade", "start-both"], ["help-points-card-words", "authentication", "debit-card"],
      ["help-migrate-auto-1", "authentication", "migrate"], ["help-migrate-auto-2", "migrate-now"],
      ["help-migrate-update-words", "migrate-update", "standalone-go-on"], ["help-migrate-hand-1", "migrate-later"],
      ["help-migrate-hand-2", "authentication", "activate-by-password"], ["help-migrate-hand-3", "prove-by-number"],
      ["help-move-1", "move", "move-show"], ["help-move-2", "authentication", "scan"], ["help-move-4", "move-done"],
      ["help-move-no-camera", "activate-by-session"], ["help-again-1", "authentication", "activate-again"], ["help-again-2", "continue"],
      ["help-again-3", "prove-by-number"], ["help-again-6", "activate-now"], ["help-again-number-words", "veto"], ["help-again-neither-words", "desk"],
      ["help-screens-trade", "trade"], ["help-screens-authentication", "authentication"], ["help-screens-card", "debit-card"],
      ["help-screens-ios", "home-tab", "requests-tab", "respond-tab", "more-tab"], ["help-screens-ios-more", "more-tab", "modules"],
      ["help-screens-android", "respond", "scan"], ["help-screens-android-settings", "app-settings", "settings-all"],
      ["help-screens-find-request", "requests"], ["help-screens-find-pin", "usernames"], ["help-screens-find-lock", "lock"],
      ["help-screens-find-desk", "desk"], ["help-activate-android-1", "install-now"], ["help-activate-2", "authentication", "activate-by-password"],
      ["help-activate-6", "activate-now"], ["help-activate-computer-words", "authentication", "scan"],
      ["help-not-me-request", "not-me"], ["help-not-me-activity", "activity"],
    ]) for (const name of names) assert.ok(hosted(key).includes(`<b>${of(name)}</b>`), `${lang}: ${key}: ${of(name)}`);
    for (const key of ["respond-words", "help-offline-1"]) assert.ok(of(key).includes(quoted(hosted("login-no-notification"))), `${lang}: ${key}`);
    assert.deepEqual([of("session-id"), of("activate-by-session")], [hosted("invite-id"), hosted("invite-id")], lang);
    for (const words of [pages, ...[...app.values()].map(({ text }) => text)]) assert.doesNotMatch(words, /ПИН|идентификатор сеанса/i);
  }
});

test("every message is used, and every used message exists", () => {
  const used = new Set();
  for (const source of SOURCES.flatMap((folder) => [...sources(folder)])) {
    for (const [, literal] of source.matchAll(/"([a-z][a-z0-9-]*)"/g)) if (literal.includes("-") && en.has(literal)) used.add(literal);
    for (const [, key] of source.matchAll(/\bt\(\s*"([^"]*)"/g)) {
      assert.ok(en.has(key), `no message ${key}`);
      used.add(key);
    }
    // Tables of messages: what begins like one of theirs must be one.
    for (const [, key] of source.matchAll(/: "((?:problem|check|operation|push|card-state)-[a-z0-9-]+)"/g)) assert.ok(en.has(key), `no message ${key}`);
  }
  assert.deepEqual([...en.keys()].filter((id) => !used.has(id)), [], "nobody uses these");
});
