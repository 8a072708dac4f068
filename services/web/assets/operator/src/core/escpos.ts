// ESC/POS for 58 mm printers: plain lines and a QR. Letters that such printers do not have are written without marks.

const ESC = 0x1b;
const GS = 0x1d;
const START = [ESC, 0x40];
const CENTRE = [ESC, 0x61, 1];
const LEFT = [ESC, 0x61, 0];
const FEED_AND_CUT = [ESC, 0x64, 4, GS, 0x56, 66, 0];
/** What a 58 mm printer has in a row, and the dots of a module between which it prints well. */
const DOTS = 384;
const MODULE_LEAST = 2;
const MODULE_MOST = 8;

export interface PrintedQr {
  readonly text: string;
  /** How many modules it has on a side, without a border: the paper's margin is its border. */
  readonly size: number;
}

/** Bytes for `Printer.print`: each line as it is (about 32 letters fit), then the QR as wide as the paper. */
export function printBytes(lines: readonly string[], qr: PrintedQr | null): Uint8Array {
  const bytes: number[] = [...START];
  for (const line of lines) bytes.push(...letters(line), 0x0a);
  if (qr !== null) bytes.push(...CENTRE, ...qrBytes(qr), ...LEFT);
  bytes.push(...FEED_AND_CUT);
  return Uint8Array.from(bytes);
}

function qrBytes({ text, size }: PrintedQr): number[] {
  const dots = Math.min(MODULE_MOST, Math.max(MODULE_LEAST, Math.floor(DOTS / size)));
  const content = [...new TextEncoder().encode(text)];
  const length = content.length + 3;
  return [
    ...command([0x31, 0x41, 50, 0]),
    ...command([0x31, 0x43, dots]),
    ...command([0x31, 0x45, 48]),
    GS, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, 0x50, 48, ...content,
    ...command([0x31, 0x51, 48]),
  ];
}

function command(content: readonly number[]): number[] {
  return [GS, 0x28, 0x6b, content.length, 0, ...content];
}

function letters(line: string): number[] {
  const plain = line.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return Array.from(plain, (letter) => {
    const code = letter.codePointAt(0) ?? 0x3f;
    return code >= 0x20 && code < 0x7f ? code : 0x3f;
  });
}
