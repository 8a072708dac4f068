/** Where the operator is, as the part of the address behind `#`: works without a server and survives a reload. */
import { useEffect, useState } from "preact/hooks";

export interface Route {
  /** First part of the path, `""` at home. */
  readonly name: string;
  /** The other parts, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

/** These screens show no personal data, and somebody may need them who cannot unlock. */
export const WITHOUT_UNLOCKING: ReadonlySet<string> = new Set(["masuk", "antrean", "setelan", "pulihkan"]);

export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [name = "", ...parts] = path.split("/").map(decoded);
  return { name, parts, query: new URLSearchParams(query) };
}

/** An address that was typed or torn is no reason to show nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The address of a screen, for links. */
export function to(name: string, ...parts: string[]): string {
  return `#/${[name, ...parts].map(encodeURIComponent).join("/")}`;
}

/** Go on to a screen. `replace` forgets the present one, so that "back" does not lead into something finished. */
export function go(address: string, replace = false): void {
  if (replace) {
    history.replaceState(null, "", address);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = address;
  }
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const heard = () => setRoute(readRoute(location.hash));
    addEventListener("hashchange", heard);
    return () => removeEventListener("hashchange", heard);
  }, []);
  return route;
}
