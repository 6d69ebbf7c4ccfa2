// QR codes from the camera or a picture; the browser's own detector where it has one.

interface Detector {
  detect(image: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<readonly string[]> };

const BETWEEN_LOOKS = 150;

/** Shows the back camera in `video` and reads codes, until `take` takes one or `signal` stops it. Throws where there is no camera. */
export async function codesOf(video: HTMLVideoElement, take: (text: string) => boolean, signal: AbortSignal): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const end = (): void => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) return end();
  signal.addEventListener("abort", end);
  video.srcObject = stream;
  await video.play();
  const reader = await detector();
  while (!signal.aborted) {
    const text = await read(reader, video);
    if (text !== undefined && !signal.aborted && take(text)) return;
    await new Promise((done) => setTimeout(done, BETWEEN_LOOKS));
  }
}

/** The code in a picture. */
export async function codeIn(file: Blob): Promise<string | undefined> {
  return read(await detector(), await createImageBitmap(file));
}

async function read(reader: Detector, image: ImageBitmapSource): Promise<string | undefined> {
  try {
    return (await reader.detect(image))[0]?.rawValue;
  } catch {
    // A frame that is not there yet, or holds no code.
    return undefined;
  }
}

async function detector(): Promise<Detector> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (own && (await own.getSupportedFormats()).includes("qr_code")) return new own({ formats: ["qr_code"] });
  const { BarcodeDetector } = await import("qr/decode.js");
  return new BarcodeDetector({ formats: ["qr_code"] });
}
