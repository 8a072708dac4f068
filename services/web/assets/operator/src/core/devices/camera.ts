// The camera as a scanner: the browser's own detector where there is one, else a small library that is loaded then.

const FORMATS = ["qr_code"];
const LOOK_EVERY_MS = 150;

interface Detector {
  detect(of: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorMaker = new (options: { formats: readonly string[] }) => Detector;

/** Shows the camera and tells every code it sees until it is stopped; rejects if there is no camera or it is refused. */
export async function scan(
  video: HTMLVideoElement, onText: (text: string) => void, signal: AbortSignal,
): Promise<void> {
  const Maker = (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  await (Maker === undefined ? byLibrary(video, onText, signal) : byBrowser(new Maker({ formats: FORMATS }), video, onText, signal));
}

async function byBrowser(
  detector: Detector, video: HTMLVideoElement, onText: (text: string) => void, signal: AbortSignal,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      for (const code of await detector.detect(video)) onText(code.rawValue);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function byLibrary(
  video: HTMLVideoElement, onText: (text: string) => void, signal: AbortSignal,
): Promise<void> {
  const { default: QrScanner } = await import("qr-scanner");
  const scanner = new QrScanner(video, (result) => onText(result.data), {
    preferredCamera: "environment", returnDetailedScanResult: true,
  });
  try {
    await scanner.start();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    scanner.destroy();
  }
}
