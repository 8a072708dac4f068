// What a script may add to the resident's pages. Every page does its whole work without it.

const all = <T extends Element>(selector: string): T[] => [...document.querySelectorAll<T>(selector)];

/** One form is sent once: a second tap finds the button asleep. The server would count it once anyway. */
function sendOnce(): void {
  for (const form of all<HTMLFormElement>("form[method=post]")) {
    form.addEventListener("submit", () => {
      setTimeout(() => {
        for (const button of form.querySelectorAll("button")) button.disabled = true;
      });
    });
  }
  // Back from the next page: the form may be used again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const button of all<HTMLButtonElement>("form button")) button.disabled = false;
  });
}

function copying(): void {
  for (const button of all<HTMLButtonElement>("[data-salin]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const words = button.querySelector("span");
    const told = (text = ""): void => {
      if (words) words.textContent = text;
    };
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(button.dataset.salin ?? "").then(
        () => told(button.dataset.sudah),
        // A phone that does not let us copy lets its owner: the digits are marked for that.
        () => {
          const digits = document.querySelector("ol.token");
          if (digits) getSelection()?.selectAllChildren(digits);
          told(button.dataset.gagal);
        },
      );
    });
  }
}

function say(text: string, language: string, slow: boolean): void {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language === "en" ? "en-GB" : "id-ID";
  words.rate = slow ? 0.75 : 1;
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
}

/** A token is read digit by digit, with a pause after each group; the balance as a sentence. */
function readingAloud(): void {
  if (!("speechSynthesis" in window)) return;
  for (const button of all<HTMLButtonElement>("[data-bacakan]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const digits = (button.dataset.bacakan ?? "").split(" ").map((group) => [...group].join(" "));
      say(digits.join(". "), document.documentElement.lang, true);
    });
  }
  for (const button of all<HTMLButtonElement>("[data-dengar]")) {
    button.hidden = false;
    button.addEventListener("click", () => say(button.dataset.dengar ?? "", document.documentElement.lang, false));
  }
}

const EARTH_KM = 6371;

function kilometres(fromLat: number, fromLon: number, toLat: number, toLon: number): number {
  const rad = Math.PI / 180;
  const lat = Math.sin(((toLat - fromLat) * rad) / 2) ** 2;
  const lon = Math.sin(((toLon - fromLon) * rad) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(lat + Math.cos(fromLat * rad) * Math.cos(toLat * rad) * lon));
}

/** Where the phone is stays on the phone: the list is sorted here, and nothing is sent. */
function nearest(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-dekat]");
  const list = document.querySelector("[data-dekat-daftar]");
  const told = document.querySelector<HTMLElement>("[data-dekat-kata]");
  if (!button || !list || !told || !navigator.geolocation) return;
  const tell = (text = ""): void => {
    told.textContent = text;
    told.hidden = false;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    tell(button.dataset.tunggu);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const far = (row: HTMLElement): number =>
          row.dataset.lintang
            ? kilometres(coords.latitude, coords.longitude, Number(row.dataset.lintang), Number(row.dataset.bujur))
            : Infinity;
        const rows = [...list.querySelectorAll<HTMLElement>(":scope > li")].sort((a, b) => far(a) - far(b));
        for (const row of rows) {
          const words = row.querySelector("[data-jarak-sini]");
          const km = far(row);
          if (words && km !== Infinity) {
            const shown = km.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
            words.textContent = (button.dataset.jarak ?? "{n} km").replace("{n}", shown);
          }
        }
        list.append(...rows);
        tell(button.dataset.beres);
      },
      () => tell(button.dataset.gagal),
      { timeout: 10_000, maximumAge: 600_000 },
    );
  });
}

/** On a token's page: keep it for days without a signal. Its worker sees /token/ and nothing else. */
async function keepToken(): Promise<void> {
  const told = document.querySelector<HTMLElement>("[data-luring]");
  if (!told || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/token/sw.js", { scope: "/token/" });
  const worker = (await navigator.serviceWorker.ready).active;
  const addresses = [
    location.pathname,
    ...all<HTMLLinkElement>("link[rel=stylesheet], link[rel=icon]").map((each) => each.href),
    ...all<HTMLScriptElement>("script[src]").map((each) => each.src),
    ...all<SVGUseElement>("use").map((each) => (each.getAttribute("href") ?? "").split("#")[0] ?? ""),
  ];
  const answer = new MessageChannel();
  answer.port1.onmessage = ({ data }) => {
    if (data !== true) return;
    told.textContent = told.dataset.luring ?? "";
    told.hidden = false;
  };
  worker?.postMessage([...new Set(addresses)], [answer.port2]);
}

/** Whoever signs out, in or off leaves no token behind on this phone; nor does a sign-in that ended elsewhere. */
function forgetTokens(): void {
  if (!("caches" in window)) return;
  for (const place of all("[data-hapus-token]")) {
    place.addEventListener("submit", () => void caches.delete("token"));
  }
  if (document.querySelector('form[action="/masuk"]')) void caches.delete("token");
}

sendOnce();
copying();
readingAloud();
nearest();
forgetTokens();
// A browser that keeps nothing (a private window) is promised nothing: the sentence about it stays hidden.
keepToken().catch((reason: unknown) => console.info("the token is not kept:", reason));
