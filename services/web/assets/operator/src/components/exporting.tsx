/** The queue as an encrypted file: a copy to carry elsewhere when the tablet is about to die. */
import { useState } from "preact/hooks";
import { dayOf, outbox, session, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { TextField } from "./fields.tsx";
import { Message, Safe } from "./message.tsx";

const SHORTEST = 8;

export function ExportQueue() {
  const [words, setWords] = useState("");
  const [fault, setFault] = useState<string>();
  const [done, setDone] = useState(false);
  const save = async () => {
    if (words.trim().length < SHORTEST) {
      setFault(t("petugas.ekspor.sandi_pendek", { n: SHORTEST }));
      return;
    }
    setFault(undefined);
    const address = URL.createObjectURL(await outbox.exportEncrypted(words));
    const link = document.createElement("a");
    link.href = address;
    link.download = `timbang-${session.value.tablet?.tablet_id.slice(-6) ?? "tablet"}-${dayOf()}.tmbx`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    setDone(true);
  };
  return (
    <section class="kartu tumpuk" aria-label={t("petugas.ekspor.judul")}>
      <h2>{t("petugas.ekspor.judul")}</h2>
      <p>{t("petugas.ekspor.isi")}</p>
      <TextField label={t("petugas.ekspor.sandi")} hint={t("petugas.ekspor.sandi_petunjuk")} value={words} onInput={setWords} fault={fault} mark="sandi-ekspor" />
      {done && (
        <Message tone="baik" title={t("petugas.ekspor.jadi")}>
          <Safe>{t("petugas.ekspor.jadi_aman")}</Safe>
        </Message>
      )}
      <p>
        <Button icon="unduh" onPress={save}>{t("petugas.ekspor.simpan")}</Button>
      </p>
    </section>
  );
}
