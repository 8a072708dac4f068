/** Where in the set-up one is. */
import { t } from "../core/index.ts";

export function Steps({ now }: { now: 1 | 2 | 3 }) {
  const words = [t("petugas.siapkan.langkah_1"), t("petugas.siapkan.langkah_2"), t("petugas.siapkan.langkah_3")];
  return (
    <ol class="langkah">
      {words.map((each, at) => (
        <li key={each} class={at + 1 < now ? "lewat" : ""} aria-current={at + 1 === now ? "step" : undefined}>
          <span>{each}</span>
        </li>
      ))}
    </ol>
  );
}
