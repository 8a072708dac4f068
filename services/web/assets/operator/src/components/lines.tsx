/** The lines of a weighing as people check them: what, how much, what it is worth, and who gets what of it. */
import { formatRupiah, language, type Line, t, type Worth } from "../core/index.ts";
import { Icon } from "./icon.tsx";
import { lineQuantity } from "./drafting.ts";
import { lineName } from "./goods.ts";

export function LineList({ lines, onEdit, onRemove }: {
  lines: readonly Line[];
  onEdit?: (at: number) => void;
  onRemove?: (at: number) => void;
}) {
  return (
    <ul class="daftar baris-timbang" data-uji="baris">
      {lines.map((line, at) => {
        const name = lineName(line.item_code, line.grade);
        const words = (
          <>
            <span class="tengah">
              <b>{name}</b>
              <br />
              <span class="redup">{lineQuantity(line)}</span>
            </span>
            <span class="uang">{formatRupiah(line.shown_rupiah)}</span>
          </>
        );
        return (
          <li key={at} class="deret">
            {onEdit === undefined ? (
              <div class="baris penuh">{words}</div>
            ) : (
              <button
                type="button"
                class="baris luas"
                aria-label={t("petugas.timbang.ubah_baris", { barang: name, jumlah: lineQuantity(line) })}
                onClick={() => onEdit(at)}
              >
                {words}
              </button>
            )}
            {onRemove !== undefined && (
              <button
                type="button"
                class="tombol polos"
                aria-label={t("petugas.timbang.buang_baris", { barang: name, jumlah: lineQuantity(line) })}
                onClick={() => onRemove(at)}
              >
                <Icon name="buang" />
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function WorthList({ worth }: { worth: Worth }) {
  const english = language.value === "en";
  return (
    <dl class="fakta">
      <div>
        <dt>{t("petugas.nilai.kotor")}</dt>
        <dd class="uang">{formatRupiah(worth.gross_rupiah)}</dd>
      </div>
      {worth.deductions.map((share) => (
        <div key={share.beneficiary}>
          <dt>
            {english ? share.name_en : share.name_id} ({share.basis_points / 100}%)
          </dt>
          <dd class="uang">-{formatRupiah(share.amount_rupiah)}</dd>
        </div>
      ))}
      <div class="jumlah">
        <dt>{t("petugas.nilai.bersih")}</dt>
        <dd class="uang besar" data-uji="nilai-bersih">{formatRupiah(worth.net_rupiah)}</dd>
      </div>
    </dl>
  );
}
