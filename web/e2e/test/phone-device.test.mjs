// What the phone app needs of the device, in a real browser: the platform's authenticator, the camera.

import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import encodeQR from "qr";
import UPNG from "upng-js";
import { closePage, openPage, startBrowser } from "../src/browser.mjs";
import { authenticator, openCore, scannedPicture } from "../src/core.mjs";
import { startDemo } from "../src/demo.mjs";
import { inFolder } from "../src/phone.mjs";

let demo;
let browser;
before(async () => {
  [demo, browser] = [await startDemo(), await startBrowser()];
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A test with a window of its own, on the core's page. */
function scene(name, play, options = {}, its = () => browser) {
  test(name, async () => {
    const page = await openPage(its(), options);
    try {
      await openCore(page, demo);
      await play(page);
    } finally {
      await closePage(page);
    }
  });
}

/** Calls `NAMESPACE.NAME(...args)` on the page; `{ error, detail }` where it refuses. */
const call = (page, space, name, ...args) =>
  page.evaluate(
    async ([where, called, given]) => {
      try {
        return await globalThis[where][called](...given.map((arg) => (arg?.octets ? new Uint8Array(arg.octets) : arg)));
      } catch (error) {
        if (typeof error?.slug === "string") return { error: error.slug, detail: error.detail };
        throw error;
      }
    },
    [space, name, args],
  );

describe("the platform's authenticator", () => {
  scene("makes a key whose signatures another library verifies, and a secret that is always the same", async (page) => {
    const held = await authenticator(page);
    assert.equal(await call(page, "webauthn", "available"), true);
    const created = await call(page, "webauthn", "create", "carol", "Countersign");
    assert.equal(created.publicKey?.crv, "P-256", JSON.stringify(created));
    assert.equal((await held.credentials()).length, 1);
    const challenge = createHash("sha256").update("statement").digest();
    const { assertion, secret } = await call(page, "webauthn", "assert", created.id, { octets: [...challenge] });
    const client = Buffer.from(assertion.client_data_json, "base64url");
    const said = JSON.parse(client.toString());
    assert.deepEqual([said.type, said.challenge, said.origin], ["webauthn.get", challenge.toString("base64url"), demo.url]);
    const data = Buffer.from(assertion.authenticator_data, "base64url");
    assert.equal(data[32] & 0b101, 0b101, "the user was there and was verified");
    const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
    const key = createPublicKey({ key: created.publicKey, format: "jwk" });
    assert.equal(verify("sha256", signed, key, Buffer.from(assertion.signature, "base64url")), true);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(created.secret ?? secret, secret, "at creation as later");
    assert.equal(await call(page, "webauthn", "secret", created.id), secret);
  });

  scene("without PRF the app takes its PIN form", async (page) => {
    await authenticator(page, { hasPrf: false });
    const created = await call(page, "webauthn", "create", "carol", "Countersign");
    assert.equal((created.error ?? (await call(page, "webauthn", "secret", created.id)).error), "unsupported");
  });

  scene("a user who is not verified has cancelled", async (page) => {
    const held = await authenticator(page);
    const { id } = await call(page, "webauthn", "create", "carol", "Countersign");
    await held.refuse();
    assert.equal((await call(page, "webauthn", "secret", id)).error, "cancelled");
  });

  scene("there is none", async (page) => {
    assert.equal(await call(page, "webauthn", "available"), false);
  });
});

/** A QR code as rows of light (255) and dark (0) pixels, `size` wide, with a quiet margin. */
function drawn(text, size) {
  const modules = encodeQR(text, "raw", { border: 4 });
  const scale = Math.floor(size / modules.length);
  const edge = Math.floor((size - scale * modules.length) / 2);
  return Array.from({ length: size }, (_, y) =>
    Uint8Array.from({ length: size }, (__, x) => {
      const dark = modules[Math.floor((y - edge) / scale)]?.[Math.floor((x - edge) / scale)];
      return dark ? 0 : 255;
    }),
  );
}

/** Rows of pixels as a picture. */
function png(rows) {
  const size = rows.length;
  const pixels = new Uint8Array(size * size * 4).fill(255);
  rows.forEach((row, y) => row.forEach((light, x) => pixels.fill(light, (y * size + x) * 4, (y * size + x) * 4 + 3)));
  return Buffer.from(UPNG.encode([pixels.buffer], size, size, 0));
}

/** One frame for Chromium's simulated camera (YUV4MPEG2). */
function film(rows, height) {
  const width = (height * 4) / 3;
  const luma = Buffer.alloc(width * height, 255);
  rows.forEach((row, y) => luma.set(row, y * width + (width - row.length) / 2));
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((width * height) / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]);
}

describe("codes", () => {
  const codes = () => ({
    [`${demo.url}/app/#activate=AbC-123_x`]: { kind: "activate", session: "AbC-123_x" },
    [`${demo.url}/app/#login=0198c2aa-1.tokEN_9`]: { kind: "login", confirmation: "0198c2aa-1", token: "tokEN_9" },
    "https://other.example/app/#login=a.b": { kind: "foreign", origin: "https://other.example" },
    "hello world": { kind: "unknown" },
  });

  scene("read from a picture", async (page) => {
    for (const [text, link] of Object.entries(codes())) {
      const found = await scannedPicture(page, png(drawn(text, 480)), demo.url);
      assert.deepEqual(found, link, text);
    }
    const blank = await page.evaluate(async (issuer) => {
      const canvas = new OffscreenCanvas(200, 200);
      canvas.getContext("2d").fillRect(0, 0, 200, 200);
      return { found: await globalThis.scan.scanPicture(await canvas.convertToBlob(), issuer) };
    }, demo.url);
    assert.equal(blank.found, undefined);
    const refused = await page.evaluate(
      (issuer) => globalThis.scan.scanPicture(new Blob(["no picture"]), issuer).catch((error) => error.slug),
      demo.url,
    );
    assert.equal(refused, "unsupported");
  });

  test("read from the camera", () =>
    inFolder(async (folder) => {
      const [text, link] = Object.entries(codes())[1];
      const file = path.join(folder, "camera.y4m");
      await writeFile(file, film(drawn(text, 480), 480));
      const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
      const seeing = await startBrowser(...camera, `--use-file-for-fake-video-capture=${file}`);
      const page = await openPage(seeing, { permissions: ["camera"] });
      try {
        await openCore(page, demo);
        const found = await page.evaluate(async (issuer) => {
          const video = document.createElement("video");
          document.body.append(video);
          const { signal } = new AbortController();
          const seen = await globalThis.scan.scanCamera(video, { issuer, signal });
          return { seen, ended: video.srcObject === null };
        }, demo.url);
        assert.deepEqual(found, { seen: link, ended: true });
      } finally {
        await closePage(page);
        await seeing.close();
      }
    }));

  scene("no camera, or not allowed", async (page) => {
    const refused = await page.evaluate((issuer) => {
      const { signal } = new AbortController();
      return globalThis.scan.scanCamera(document.createElement("video"), { issuer, signal }).catch((error) => error.slug);
    }, demo.url);
    assert.equal(refused, "unsupported");
  });
});
