/** The last look before saving, turned to the resident: their name, every line, and what they get for it. */
import { useState } from "preact/hooks";
import { type DepositDraft, findTwin, formatWhen, type Row, t, type Worth } from "../core/index.ts";
import { Button, LinkButton } from "./button.tsx";
import { LineList, WorthList } from "./lines.tsx";
import { Message, Safe } from "./message.tsx";
import { tellingApart } from "./people.ts";
import { Sheet } from "./sheet.tsx";
import { to } from "../router.ts";

export function Check({ draft, name, worth, onSave, onBack }: {
  draft: DepositDraft;
  name: string;
  worth: Worth;
  /** Rejects only if the tablet cannot store. */
  onSave: () => Promise<void>;
  onBack: () => void;
}) {
  const [twin, setTwin] = useState<Row | null>(null);
  const [failed, setFailed] = useState(false);
  const save = async () => {
    setTwin(null);
    try {
      await onSave();
    } catch {
      setFailed(true);
    }
  };
  const agree = async () => {
    const other = draft.replaces === null ? findTwin(draft) : null;
    if (other !== null) setTwin(other);
    else await save();
  };
  return (
    <section class="karcis periksa" aria-label={t("petugas.periksa.judul")}>
      <p class="redup">{t("petugas.periksa.untuk_warga")}</p>
      <h2 class="nama-warga">{name}</h2>
      <p class="redup">{tellingApart(draft.member_id)}</p>
      <LineList lines={draft.lines} />
      <WorthList worth={worth} />
      <p>{t("petugas.periksa.harga_tetap")}</p>
      {failed && (
        <Message tone="salah" title={t("petugas.simpan.gagal")}>
          <Safe>{t("petugas.simpan.gagal_draf")}</Safe>
          <p>{t("petugas.simpan.gagal_lalu")}</p>
        </Message>
      )}
      <p class="deret">
        <Button look="utama besar" icon="centang" onPress={agree} mark="simpan">{t("petugas.periksa.benar")}</Button>
        <Button look="besar" icon="ubah" onPress={onBack}>{t("petugas.periksa.ubah")}</Button>
      </p>
      {twin !== null && (
        <Sheet title={t("petugas.kembar.judul")} onClose={() => setTwin(null)}>
          <p>{t("petugas.kembar.isi", { nama: name, jam: formatWhen(twin.saved_at) })}</p>
          {twin.deposit !== null && <LineList lines={twin.deposit.lines} />}
          <p class="deret">
            <Button look="utama" onPress={save}>{t("petugas.kembar.simpan")}</Button>
            <LinkButton href={to("struk", twin.deposit_id ?? "")}>{t("petugas.kembar.lihat")}</LinkButton>
            <Button onPress={() => setTwin(null)}>{t("petugas.kembar.kembali")}</Button>
          </p>
        </Sheet>
      )}
    </section>
  );
}
