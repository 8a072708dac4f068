// ESC/POS for 58 mm printers: plain lines and a QR. Letters that such printers do not have are written without marks.

const ESC = 0x1b;
const GS = 0x1d;
const START = [ESC, 0x40];
const CENTRE = [ESC, 0x61, 1];
const LEFT = [ESC, 0x61, 0];
const FEED_AND_CUT = [ESC, 0x64, 4, GS, 0x56, 66, 0];
/** Dots of a module; larger codes need smaller ones to fit into 384 dots. */
const MODULE_SMALL = 4;
const MODULE_LARGE = 3;
const LONG_TEXT = 300;

/** Bytes for `Printer.print`: each line as it is (about 32 letters fit), then the QR with error correction L. */
export function printBytes(lines: readonly string[], qr: string | null): Uint8Array {
  const bytes: number[] = [...START];
  for (const line of lines) bytes.push(...letters(line), 0x0a);
  if (qr !== null) bytes.push(...CENTRE, ...qrBytes(qr), ...LEFT);
  bytes.push(...FEED_AND_CUT);
  return Uint8Array.from(bytes);
}

function qrBytes(text: string): number[] {
  const content = [...new TextEncoder().encode(text)];
  const length = content.length + 3;
  return [
    ...command([0x31, 0x41, 50, 0]),
    ...command([0x31, 0x43, text.length > LONG_TEXT ? MODULE_LARGE : MODULE_SMALL]),
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
