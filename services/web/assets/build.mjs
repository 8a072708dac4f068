// Builds everything that browsers load into ../static, under names that change with the content.
//
//   node build.mjs                 what `make web` does
//   node build.mjs --only-present  while parts are being written: a what is missing or broken is named and left out
//
// An entry point that is missing fails the build. Sizes are printed, raw / gzip / brotli.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const WEB = dirname(HERE);
const ROOT = resolve(WEB, "../..");
const STATIC = join(WEB, "static");
const WORDS = join(HERE, "operator/src/words");
const TYPES = join(HERE, "operator/src/types");
const URL_OF_STATIC = "/static";
const SHELL = "/petugas";
const SERVICES = ["identity", "deposit", "valuation", "wallet", "payout", "adoption"];

// Name that pages use -> where it comes from. A worker's name stays: browsers find its next version by it.
const ENTRIES = {
  "ui.css": { from: "ui.css", kind: "css" },
  "operator.css": { from: "operator.css", kind: "css" },
  "icons.svg": { from: "icons/icons.svg", kind: "file" },
  "icon.svg": { from: "icons/icon.svg", kind: "file" },
  "icon-maskable.svg": { from: "icons/icon-maskable.svg", kind: "file" },
  "resident.js": { from: "resident/resident.ts", kind: "script" },
  "token-sw.js": { from: "resident/token-sw.ts", kind: "worker" },
  "operator.js": { from: "operator/src/app.tsx", kind: "app" },
  "sw.js": { from: "operator/src/sw/sw.ts", kind: "worker" },
};
// What the tablet must hold to work without a signal, besides the app's own scripts.
const PRECACHED = ["ui.css", "operator.css", "icons.svg", "icon.svg"];

const TARGET = ["chrome90", "firefox90", "safari15"];
const COMMON = {
  bundle: true,
  minify: true,
  format: "esm",
  target: TARGET,
  write: false,
  metafile: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "error",
  absWorkingDir: HERE,
  preserveSymlinks: true, // names carry a hash of paths too: where packages really lie must not show in them
  outdir: STATIC,
};

const digest = (content) => createHash("sha256").update(content).digest("hex");
const hashed = (name, content) => name.replace(/(\.[^.]+)$/, `.${digest(content).slice(0, 10)}$1`);

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .filter((path) => !path.includes("node_modules") && !path.includes("__pycache__"))
    .sort();
}

// The app's version: of everything it is made from, so that the same sources give the same build.
function version() {
  const sources = [
    ...filesBelow(HERE).filter((path) => !path.startsWith(WORDS) && !path.startsWith(TYPES)),
    ...filesBelow(join(WEB, "words")).filter((path) => path.endsWith(".po")),
    join(WEB, "templates/operator/shell.html"),
  ];
  const mark = createHash("sha256");
  for (const path of sources) mark.update(relative(ROOT, path)).update("\0").update(readFileSync(path));
  return mark.digest("hex").slice(0, 12);
}

function exportWords() {
  if (process.env.TIMBANG_WORDS) return cpSync(process.env.TIMBANG_WORDS, WORDS, { recursive: true });
  const python = process.env.TIMBANG_PYTHON ?? join(ROOT, ".venv/bin/python");
  execFileSync(python, ["-m", "services.web.words", "export", WORDS], { cwd: ROOT, stdio: "inherit" });
}

async function exportTypes() {
  // It takes a second to load, which nobody waits for who has forgotten a file.
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  mkdirSync(TYPES, { recursive: true });
  for (const service of SERVICES) {
    const page = JSON.parse(readFileSync(join(ROOT, `docs/api/${service}.json`), "utf8"));
    const text = astToString(await openapiTS(page, { immutable: true, alphabetize: true }));
    writeIfChanged(join(TYPES, `${service}.ts`), `// Made from docs/api/${service}.json by build.mjs.\n${text}`);
  }
}

function checkTypes() {
  const tsc = join(HERE, "node_modules/typescript/bin/tsc");
  for (const project of ["tsconfig.json", "tsconfig.sw.json", "tsconfig.test.json"]) {
    try {
      execFileSync(process.execPath, [tsc, "--project", project], { cwd: HERE, stdio: "inherit" });
    } catch {
      throw new Error(`the types do not fit (${project}); see above`);
    }
  }
}

function writeIfChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

// qr-scanner starts its worker from a blob, which our policy forbids: its text becomes a file of its own.
function workerFile(made) {
  return {
    name: "qr-worker",
    setup(on) {
      on.onLoad({ filter: /qr-scanner-worker\.min\.js$/ }, async ({ path }) => {
        const text = await sourceOfWorker(path);
        const name = hashed("qr-worker.js", text);
        made.set(name, Buffer.from(text));
        return { contents: `export const createWorker = () => new Worker("${URL_OF_STATIC}/${name}");`, loader: "js" };
      });
    },
  };
}

async function sourceOfWorker(path) {
  let source;
  const before = { Worker: globalThis.Worker, Blob: globalThis.Blob, createObjectURL: URL.createObjectURL };
  globalThis.Worker = class {};
  globalThis.Blob = class { constructor(parts) { source = parts.join(""); } };
  URL.createObjectURL = () => "";
  try {
    (await import(path)).createWorker();
  } finally {
    globalThis.Worker = before.Worker;
    globalThis.Blob = before.Blob;
    URL.createObjectURL = before.createObjectURL;
  }
  if (!source) throw new Error("qr-scanner's worker has another shape than it had: see build.mjs");
  return source;
}

const squeezed = (svg) => svg.replace(/<!--[\s\S]*?-->/g, "").replace(/>\s+</g, "><").trim() + "\n";

async function main() {
  const partial = process.argv.includes("--only-present");
  const absent = Object.values(ENTRIES).filter((entry) => !existsSync(join(HERE, entry.from)));
  if (absent.length) {
    const list = absent.map((entry) => `  services/web/assets/${entry.from}`).join("\n");
    if (!partial) throw new Error(`these entry points are missing:\n${list}`);
    console.error(`left out, because it is not there:\n${list}`);
  }
  exportWords();
  await exportTypes();
  if (!partial) checkTypes();
  const entries = Object.entries(ENTRIES).filter(([, entry]) => !absent.includes(entry));
  const define = { __VERSION__: JSON.stringify(version()) };
  const made = new Map(); // built name -> content
  const names = {}; // name that pages use -> built name
  const lists = {}; // name of an entry -> everything it may load
  for (const [name, entry] of entries.filter(([, each]) => each.kind !== "worker")) {
    const outputs = await make(name, entry, define, made).catch((error) => {
      if (!partial) throw error;
      console.error(`left out, because it does not build: ${name}`);
      return [];
    });
    if (outputs.length === 0) continue;
    names[name] = outputs[0];
    lists[name] = outputs;
  }
  const precached = [...PRECACHED.flatMap((name) => lists[name] ?? []), ...(lists["operator.js"] ?? [])];
  // Pairs of address and hash; the shell's name stays, so its hash is that of the whole build.
  const kept = [...new Set(precached)].sort();
  const shell = digest([define.__VERSION__, ...kept].join("\n")).slice(0, 12);
  const urls = [[SHELL, shell], ...kept.map((built) => [`${URL_OF_STATIC}/${built}`, ""])];
  for (const [name, entry] of entries.filter(([, each]) => each.kind === "worker")) {
    const worker = await build({
      ...COMMON, entryPoints: [entry.from], format: "iife",
      define: { ...define, __PRECACHE__: JSON.stringify(urls), __SHELL__: JSON.stringify(SHELL) },
    });
    made.set(name, Buffer.from(worker.outputFiles[0].contents));
    names[name] = name;
  }
  publish(made, { names, lists });
  // Not checked, perhaps not whole: `make web` must not take it for its own.
  if (partial) utimesSync(join(STATIC, "manifest.json"), 0, 0);
}

// The built names of one entry, its own first, then whatever it loads.
async function make(name, entry, define, made) {
  if (entry.kind === "file") {
    const content = Buffer.from(squeezed(readFileSync(join(HERE, entry.from), "utf8")));
    const built = hashed(name, content);
    made.set(built, content);
    return [built];
  }
  const own = new Map();
  const outcome = await build({
    ...COMMON,
    entryPoints: [{ in: entry.from, out: name.replace(/\.[^.]+$/, "") }],
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    splitting: entry.kind === "app",
    format: entry.kind === "script" ? "iife" : "esm",
    external: entry.kind === "css" ? ["/static/*"] : [],
    jsx: "automatic",
    jsxImportSource: "preact",
    define,
    plugins: [workerFile(own)],
    publicPath: URL_OF_STATIC,
  });
  const built = outcome.outputFiles.map((file) => [relative(STATIC, file.path), Buffer.from(file.contents)]);
  const isEntry = ([path]) => Object.entries(outcome.metafile.outputs)
    .some(([out, facts]) => out.endsWith(path) && facts.entryPoint === entry.from);
  const sorted = [...built.filter(isEntry), ...built.filter((each) => !isEntry(each)), ...own];
  for (const [path, content] of sorted) made.set(path, content);
  return sorted.map(([path]) => path);
}

function publish(made, { names, lists }) {
  const fresh = `${STATIC}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const sizes = {};
  for (const [name, content] of [...made].sort()) {
    const gz = gzipSync(content, { level: 9 });
    const br = brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    });
    writeFileSync(join(fresh, name), content);
    writeFileSync(join(fresh, `${name}.gz`), gz);
    writeFileSync(join(fresh, `${name}.br`), br);
    sizes[name] = { raw: content.length, gz: gz.length, br: br.length };
    console.log(`${name.padEnd(36)} ${[content.length, gz.length, br.length].map((n) => String(n).padStart(8)).join("")}`);
  }
  writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(names, null, 1)}\n`);
  writeFileSync(join(fresh, "sizes.json"), `${JSON.stringify({ loads: lists, sizes }, null, 1)}\n`);
  const old = `${STATIC}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(STATIC)) renameSync(STATIC, old);
  renameSync(fresh, STATIC);
  rmSync(old, { recursive: true, force: true });
}

main().catch((error) => {
  console.error(`\nThe web assets could not be built: ${error.message}`);
  process.exit(1);
});
