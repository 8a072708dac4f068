// What build.mjs fills in.
/** The version of this build: the same sources give the same one. */
declare const __VERSION__: string;
/** In the service worker: every address that must be kept for working without a signal, with a hash where its name
 * does not change with its content; the shell first. */
declare const __PRECACHE__: readonly (readonly [string, string])[];
/** In the service worker: the address of the app's shell. */
declare const __SHELL__: string;
