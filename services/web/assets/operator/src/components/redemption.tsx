/** What became of a redemption at the counter, asked again until it has ended; cash is handed over last. */
import { useEffect, useState } from "preact/hooks";
import { counter, formatRupiah, type Redemption, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { type Failure, failureOf } from "./hooks.ts";
import { Message, Safe, Trouble } from "./message.tsx";
import { columns, PrintButton } from "./printing.tsx";

const ASK_AGAIN_MS = 2_000;
/** It is in the resident's hands, whatever is still booked about it. */
const DELIVERED: ReadonlySet<string> = new Set(["succeeded", "settled", "late_success"]);

/** A biller's number. What stands behind its first slash (a meter owner's name) is nobody's business at the counter. */
const serialWords = (serial: string): string => `SN ${serial.split("/")[0] ?? ""}`;

/** A token in groups of four, as it is typed into the meter. */
const inFours = (digits: string): string[] => digits.replaceAll(/\D/g, "").match(/.{1,4}/g) ?? [];

function paperLines(redemption: Redemption): string[] {
  const { token } = redemption;
  return [
    t("bersama.nama"),
    redemption.product_name ?? "",
    ...columns(t("petugas.tukar.dipotong"), formatRupiah(redemption.amount_rupiah)),
    ...(token?.digits == null ? [] : [t("petugas.tukar.token"), inFours(token.digits).join(" ")]),
    ...(token == null || token.digits !== null ? [] : [serialWords(token.serial)]),
    redemption.redemption_id,
  ];
}

export function Outcome({ first, onEnd }: { first: Redemption; onEnd: () => void }) {
  const [now, setNow] = useState(first);
  const [failure, setFailure] = useState<Failure | null>(null);
  const toHandOver = now.product_kind === "cash" && now.hand_over_by !== null && !now.ended;
  useEffect(() => {
    if (now.ended || toHandOver) return;
    let wanted = true;
    const timer = setTimeout(() => {
      counter.redemption(now.redemption_id).then(
        (answer) => {
          if (!wanted) return;
          setFailure(null);
          setNow(answer);
        },
        (error: unknown) => {
          if (!wanted) return;
          setFailure(failureOf(error));
          setNow({ ...now });
        },
      );
    }, ASK_AGAIN_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [now]);
  const handOver = async () => {
    try {
      setNow(await counter.handOver(now.redemption_id));
      setFailure(null);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  const delivered = DELIVERED.has(now.state);
  const title = delivered
    ? t("petugas.tukar.berhasil")
    : now.ended ? t("petugas.tukar.gagal") : t(toHandOver ? "petugas.tukar.serahkan_judul" : "petugas.tukar.diproses");
  return (
    <section class="karcis tumpuk" aria-live="polite" data-uji="hasil-tukar" data-keadaan={now.state}>
      <h2>{title}</h2>
      <p>{now.product_name}</p>
      <p class="uang besar">{formatRupiah(now.amount_rupiah)}</p>
      {now.sentence !== null && <p>{now.sentence}</p>}
      {now.token?.digits != null && (
        <ol class="token" aria-label={t("petugas.tukar.token")} data-uji="token">
          {inFours(now.token.digits).map((four, at) => <li key={at}>{four}</li>)}
        </ol>
      )}
      {now.token !== null && now.token.digits === null && <p class="redup">{serialWords(now.token.serial)}</p>}
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tukar.uang_aman")} />}
      {!now.ended && !toHandOver && (
        <Message title={t("petugas.tukar.tunggu")}>
          <Safe>{t("petugas.tukar.uang_aman")}</Safe>
        </Message>
      )}
      {toHandOver && (
        <p>
          <Button look="utama besar" icon="tunai" onPress={handOver}>{t("petugas.tukar.sudah_serah", { uang: formatRupiah(now.amount_rupiah) })}</Button>
        </p>
      )}
      <div class="deret">
        {delivered && <PrintButton lines={() => paperLines(now)} qr={null} />}
        <Button look={now.ended ? "utama" : "polos"} onPress={onEnd}>{t("petugas.tukar.selesai")}</Button>
      </div>
    </section>
  );
}
