// What tests may fake and a tablet may lack: camera, printer, scale, battery, clock. Nothing else is ever faked.
// A test puts its own into `globalThis.__timbangPorts` before the app starts.

export interface Clock {
  /** Epoch milliseconds by the tablet's clock. */
  now(): number;
  /** Milliseconds since some beginning: nobody can turn it, and it may stand still while the tablet sleeps. */
  running(): number;
}

export interface Scanner {
  /** Shows the camera in `video` and calls `onText` for every code seen until `signal` is aborted. Rejects if there is no camera. */
  scan(video: HTMLVideoElement, onText: (text: string) => void, signal: AbortSignal): Promise<void>;
}

export interface Printer {
  /** Whether a printer was chosen before; printing is never needed to save. */
  ready(): Promise<boolean>;
  /** Asks the person which printer (needs a tap). */
  choose(): Promise<void>;
  /** Sends ESC/POS bytes. Rejects with a reason that can be shown: reprint later. */
  print(bytes: Uint8Array): Promise<void>;
}

export interface Scale {
  ready(): Promise<boolean>;
  choose(): Promise<void>;
  /** The weight in grams once it stands still. */
  read(signal: AbortSignal): Promise<number>;
}

export interface Battery {
  /** 0 to 100, or null if the browser does not tell. */
  percent(): Promise<number | null>;
}

export interface Ports {
  readonly clock: Clock;
  readonly scanner: Scanner;
  readonly printer: Printer;
  readonly scale: Scale;
  readonly battery: Battery;
}

interface BatteryTeller {
  getBattery?(): Promise<{ readonly level: number }>;
}

/** Devices are loaded when they are first used: most tablets have none of them. */
const real: Ports = {
  clock: { now: () => Date.now(), running: () => performance.now() },
  scanner: {
    scan: async (video, onText, signal) => (await import("./devices/camera.ts")).scan(video, onText, signal),
  },
  printer: {
    ready: async () => (await import("./devices/serial.ts")).known("printer"),
    choose: async () => (await import("./devices/serial.ts")).choose("printer"),
    print: async (bytes) => (await import("./devices/serial.ts")).print(bytes),
  },
  scale: {
    ready: async () => (await import("./devices/serial.ts")).known("scale"),
    choose: async () => (await import("./devices/serial.ts")).choose("scale"),
    read: async (signal) => (await import("./devices/serial.ts")).weigh(signal),
  },
  battery: {
    percent: async () => {
      const told = await (navigator as BatteryTeller).getBattery?.();
      return told === undefined ? null : Math.round(told.level * 100);
    },
  },
};

export const ports: Ports = {
  ...real,
  ...(globalThis as { readonly __timbangPorts?: Partial<Ports> }).__timbangPorts,
};
