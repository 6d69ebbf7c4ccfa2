// Reading a QR code, from the camera or from a picture: by the browser's own detector, else by a library.
//
// The library is `qr` (MIT or Apache-2.0, no dependencies, released every few weeks, plain JavaScript). jsQR had its last
// release in 2021; @zxing/library is in maintenance and several times as large; zxing-wasm needs WebAssembly, which the
// app's policy does not admit. It is loaded only when a code is scanned, so that the first screen does not pay for it.

import { type Link, readCode } from "./link";
import { PhoneError } from "./types";

/** The browser's own detector (Shape Detection API), which the compiler does not know. */
interface Detector {
  detect(image: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Reads codes in a picture. */
type Reader = (image: ImageBitmap | HTMLVideoElement) => Promise<string | undefined>;

/** Pictures a second that are looked at: more only warms the phone. */
const PAUSE = 120;

/** A picture is made no larger than this, in pixels of its longer side: the library's time grows with it. */
const LARGEST = 1280;

/**
 * Shows the camera in `video` and resolves with the first code that is ours, or another server's. What is no code of
 * ours is told to `strange` and passed over. Throws `cancelled` when the signal ends it, `unsupported` without a camera
 * or without permission (reason `denied`).
 */
export async function scanCamera(
  video: HTMLVideoElement,
  { issuer, signal, strange }: { readonly issuer: string; readonly signal: AbortSignal; readonly strange?: () => void },
): Promise<Link> {
  const stream = await camera();
  try {
    video.srcObject = stream;
    video.muted = true;
    video.playsInline = true;
    await video.play();
    const read = await reader();
    for (;;) {
      if (signal.aborted) throw new PhoneError("cancelled");
      const text = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : undefined;
      if (text !== undefined) {
        const link = readCode(text, issuer);
        if (link.kind !== "unknown") return link;
        strange?.();
      }
      await pause(signal);
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

/** Reads a picture that the user chose; `undefined` when there is no code in it. */
export async function scanPicture(file: Blob, issuer: string): Promise<Link | undefined> {
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new PhoneError("unsupported", { reason: "picture" });
  }
  try {
    const text = await (await reader())(image);
    return text === undefined ? undefined : readCode(text, issuer);
  } finally {
    image.close();
  }
}

async function camera(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new PhoneError("unsupported", { reason: "camera" });
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (error) {
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    throw new PhoneError("unsupported", { reason: denied ? "denied" : "camera" });
  }
}

async function reader(): Promise<Reader> {
  return (await detectorReader()) ?? libraryReader();
}

async function detectorReader(): Promise<Reader | undefined> {
  const found = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  try {
    if (!found || !(await found.getSupportedFormats()).includes("qr_code")) return undefined;
    const detector = new found({ formats: ["qr_code"] });
    return async (image) => (await detector.detect(image))[0]?.rawValue;
  } catch {
    return undefined;
  }
}

async function libraryReader(): Promise<Reader> {
  const { default: decode } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new PhoneError("unsupported", { reason: "canvas" });
  return async (image) => {
    const [width, height] = "videoWidth" in image ? [image.videoWidth, image.videoHeight] : [image.width, image.height];
    if (width === 0 || height === 0) return undefined;
    const scale = Math.min(1, LARGEST / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    try {
      return decode(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      // The library says so when there is no code in the picture.
      return undefined;
    }
  };
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, PAUSE);
    signal.addEventListener("abort", done);
  });
}
