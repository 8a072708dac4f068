/** The end of the day: kilograms and cash are counted against the book, and the difference is signed for. */
import { useState } from "preact/hooks";
import { dayOf, door, forms, formatDay, formatKg, formatRupiah, newId, outbox, parseQuantity, saveClosing, session, t, type WasteClass } from "../core/index.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { LongField, showFault, TextField } from "../components/fields.tsx";
import { CLASSES, classWords } from "../components/goods.ts";
import { useKeptForm, useLoaded, useWatched } from "../components/hooks.ts";
import { Message, Safe, Trouble } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { go, to } from "../router.ts";

interface Preview {
  deposits: number;
  classes: { waste_class: WasteClass; booked_grams: number }[];
  cash_booked_rupiah: number;
  closed_by_closing_id: string | null;
}

/** Grams of what was typed; an empty field and "0" mean that nothing lies there. */
function gramsOf(text: string): number | null {
  return text.trim() === "" || /^0+([.,]0*)?$/.test(text.trim()) ? 0 : parseQuantity(text, "kg");
}

function rupiahOf(text: string): number | null {
  const plain = text.replaceAll(/^Rp|[.\s]/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}

const signed = (words: string, amount: number): string => (amount > 0 ? `+${words}` : words);

function Difference({ amount, words }: { amount: number; words: string }) {
  return <span class={amount === 0 ? "selisih" : "selisih beda"} role="status">{amount === 0 ? t("petugas.tutup.cocok") : t("petugas.tutup.selisih", { selisih: signed(words, amount) })}</span>;
}

interface Typed {
  readonly closing_id: string;
  readonly counted: Partial<Record<WasteClass, string>>;
  readonly cash: string;
  readonly note: string;
}

export function Screen() {
  const bank = session.value.waste_bank_id ?? "";
  const [day] = useState(() => dayOf());
  const { unsent } = useWatched(outbox.safety);
  const rows = useWatched(outbox.rows);
  const mine = rows.find((row) => row.kind === "closing" && dayOf(row.saved_at) === day && row.state !== "invalid" && row.state !== "conflict");
  const arrived = mine?.state === "recorded";
  const { value: book, failure, again } = useLoaded(
    () => door.get<Preview>("deposit", "/v1/closings/preview", { waste_bank_id: bank, on: day }),
    [bank, day, arrived],
  );
  // What is on its way closes the day as well. What arrived may have been opened again since: that the book knows.
  const closed = book === undefined ? mine !== undefined : book.closed_by_closing_id !== null || (mine !== undefined && !arrived);
  const { form, change } = useKeptForm<Typed>(`tutup-hari|${bank}|${day}`, () => ({ closing_id: newId(), counted: {}, cash: "", note: "" }));
  const { closing_id: closingId, counted, cash, note } = form;
  const [faults, setFaults] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState(false);

  const booked = new Map(book?.classes.map((each) => [each.waste_class, each.booked_grams]));
  const cashNow = rupiahOf(cash);
  const save = async () => {
    const wrong = new Set<string>(CLASSES.filter((each) => gramsOf(counted[each] ?? "") === null));
    if (cashNow === null) wrong.add("cash");
    setFaults(wrong);
    if (wrong.size > 0 || cashNow === null) {
      showFault();
      return;
    }
    try {
      await saveClosing({
        closing_id: closingId,
        on: day,
        classes: CLASSES.filter((each) => (counted[each] ?? "").trim() !== "" || (booked.get(each) ?? 0) > 0)
          .map((each) => ({ waste_class: each, counted_grams: gramsOf(counted[each] ?? "") ?? 0 })),
        cash_counted_rupiah: cashNow,
        note: note.trim() || null,
      });
      await forms.forget(`tutup-hari|${bank}|${day}`);
      go(to("antrean"));
    } catch {
      setFailed(true);
    }
  };
  return (
    <Page title={t("petugas.tutup.judul")} lead={formatDay(day)}>
      {closed && (
        <Message tone="awas" title={t("petugas.tutup.sudah")}>
          <Safe>{t("petugas.tutup.sudah_aman")}</Safe>
          <p>{t("petugas.tutup.sudah_lalu")}</p>
        </Message>
      )}
      {unsent > 0 && (
        <Message tone="awas" title={t("petugas.tutup.belum_terkirim", { n: unsent })}>
          <p>{t("petugas.tutup.belum_terkirim_lalu")}</p>
        </Message>
      )}
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tutup.tanpa_buku")} onAgain={again} />}
      {book !== undefined && <p>{t("petugas.tutup.buku", { n: book.deposits, uang: formatRupiah(book.cash_booked_rupiah) })}</p>}
      {!closed && (
        <>
          <section class="petak hitung" aria-label={t("petugas.tutup.kg")}>
            {CLASSES.map((each) => {
              const grams = gramsOf(counted[each] ?? "");
              const inBook = booked.get(each) ?? 0;
              return (
                <div key={each}>
                  <TextField
                    label={classWords(each)}
                    {...(book !== undefined && { hint: t("petugas.tutup.menurut_buku", { jumlah: formatKg(inBook) }) })}
                    inputMode="decimal"
                    value={counted[each] ?? ""}
                    onInput={(text) => change({ counted: { ...counted, [each]: text } })}
                    fault={faults.has(each) ? t("petugas.timbang.jumlah_salah") : undefined}
                    mark={`hitung-${each}`}
                  />
                  {book !== undefined && grams !== null && (counted[each] ?? "") !== "" && (
                    <Difference amount={grams - inBook} words={grams < inBook ? `-${formatKg(inBook - grams)}` : formatKg(grams - inBook)} />
                  )}
                </div>
              );
            })}
          </section>
          <TextField
            label={t("petugas.tutup.uang")}
            {...(book !== undefined && { hint: t("petugas.tutup.menurut_buku", { jumlah: formatRupiah(book.cash_booked_rupiah) }) })}
            inputMode="numeric"
            value={cash}
            onInput={(text) => change({ cash: text })}
            fault={faults.has("cash") ? t("petugas.tutup.uang_salah") : undefined}
            mark="hitung-uang"
          />
          {book !== undefined && cashNow !== null && (
            <Difference amount={cashNow - book.cash_booked_rupiah} words={formatRupiah(cashNow - book.cash_booked_rupiah)} />
          )}
          <LongField label={t("petugas.tutup.catatan")} hint={t("petugas.perbaiki.alasan_petunjuk")} value={note} onInput={(text) => change({ note: text })} />
          {failed && (
            <Message tone="salah" title={t("petugas.simpan.gagal")}>
              <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
            </Message>
          )}
          <p>
            <Button look="utama besar" icon="tutup-hari" onPress={save} mark="tutup-hari">{t("petugas.tutup.tanda_tangan")}</Button>
          </p>
        </>
      )}
      {closed && <p><LinkButton href={to("antrean")} icon="antrean">{t("petugas.antrean.judul")}</LinkButton></p>}
    </Page>
  );
}
