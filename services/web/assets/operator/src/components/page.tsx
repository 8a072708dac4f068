/** What every screen has: a way back and its one heading, which takes the focus when the screen comes up. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../core/index.ts";
import { to } from "../router.ts";
import { Icon } from "./icon.tsx";

export function Page({ title, back = to(""), lead, wide, personal, children }: {
  title: string;
  /** Where "back" leads; null where there is no way back. */
  back?: string | null;
  lead?: string;
  /** The title names somebody: it stays out of the browser's history. */
  personal?: boolean;
  /** Uses the tablet's whole width. */
  wide?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = personal === true ? t("bersama.nama") : `${title} - ${t("bersama.nama")}`;
    // Whoever types already, a scanner that is a keyboard among them, goes on typing.
    const typing = document.activeElement instanceof HTMLInputElement && heading.current?.closest("main")?.contains(document.activeElement);
    if (typing !== true) heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [title]);
  return (
    <main class={wide === true ? "isi luas" : "isi"} id="isi">
      <div class="judul">
        {back !== null && (
          <a class="tombol polos" href={back} aria-label={t("petugas.kembali")}>
            <Icon name="kiri" />
          </a>
        )}
        <div>
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {wide === true && lead !== undefined && <p class="redup kecil">{lead}</p>}
        </div>
      </div>
      {wide !== true && lead !== undefined && <p class="redup">{lead}</p>}
      {children}
    </main>
  );
}
