// Printer and scale over Web Serial (USB, and Bluetooth of the classic kind on Chrome for Android). The browser
// remembers which device was allowed; which of them prints and which weighs is remembered here by its product number.

const BAUD_RATE = 9_600;
/** Small printers lose what does not fit into their buffer. */
const CHUNK = 256;
const PAUSE_MS = 20;
const SAME_READINGS = 3;

type Role = "printer" | "scale";
interface SerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  getInfo(): { usbProductId?: number; bluetoothServiceClassId?: number | string };
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
}
interface Serial {
  getPorts(): Promise<SerialPort[]>;
  requestPort(): Promise<SerialPort>;
}

const serial = (navigator as { serial?: Serial }).serial;

export async function known(role: Role): Promise<boolean> {
  return (await find(role)) !== null;
}

export async function choose(role: Role): Promise<void> {
  if (serial === undefined) throw new Error("no_serial");
  localStorage.setItem(`timbang-${role}`, nameOf(await serial.requestPort()));
}

/** Sends bytes in pieces; rejects if the printer is not there. */
export async function print(bytes: Uint8Array): Promise<void> {
  await withPort("printer", async (port) => {
    const writer = port.writable?.getWriter();
    if (writer === undefined) throw new Error("no_printer");
    try {
      for (let at = 0; at < bytes.length; at += CHUNK) {
        await writer.write(bytes.slice(at, at + CHUNK));
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    } finally {
      writer.releaseLock();
    }
  });
}

/** Grams, once the scale has said the same weight three times in a row. */
export async function weigh(signal: AbortSignal): Promise<number> {
  return withPort("scale", async (port) => {
    const reader = port.readable?.getReader();
    if (reader === undefined) throw new Error("no_scale");
    signal.addEventListener("abort", () => void reader.cancel(), { once: true });
    try {
      return await settled(reader);
    } finally {
      reader.releaseLock();
    }
  });
}

async function settled(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let heard = "";
  let last = -1;
  let same = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("no_scale");
    const lines = (heard + decoder.decode(value, { stream: true })).split(/[\r\n]+/);
    heard = lines.pop() ?? "";
    for (const grams of lines.map(readWeight)) {
      if (grams === null) continue;
      same = grams === last ? same + 1 : 1;
      last = grams;
      if (same >= SAME_READINGS && grams > 0) return grams;
    }
  }
}

/** `ST,GS,+  2.500kg` and its relatives: the weight in grams; null if the line says none or the scale still moves. */
export function readWeight(line: string): number | null {
  if (line.startsWith("US")) return null;
  const found = /([+-]?)\s*(\d+(?:[.,]\d+)?)\s*(kg|g)\b/i.exec(line);
  if (found === null || found[1] === "-") return null;
  const figure = Number((found[2] ?? "").replace(",", "."));
  return Math.round((found[3] ?? "").toLowerCase() === "kg" ? figure * 1000 : figure);
}

async function withPort<T>(role: Role, use: (port: SerialPort) => Promise<T>): Promise<T> {
  const port = await find(role);
  if (port === null) throw new Error(`no_${role}`);
  await port.open({ baudRate: BAUD_RATE });
  try {
    return await use(port);
  } finally {
    await port.close();
  }
}

async function find(role: Role): Promise<SerialPort | null> {
  const wanted = localStorage.getItem(`timbang-${role}`);
  const all = wanted === null ? [] : ((await serial?.getPorts()) ?? []);
  return all.find((port) => nameOf(port) === wanted) ?? null;
}

function nameOf(port: SerialPort): string {
  const { usbProductId, bluetoothServiceClassId } = port.getInfo();
  return String(usbProductId ?? bluetoothServiceClassId ?? "one");
}
