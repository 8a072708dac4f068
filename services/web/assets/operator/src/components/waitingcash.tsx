/** Cash that was promised to residents here and is not in their hands yet; it was asked for here or on an own phone. */
import { counter, door, formatRupiah, formatWhen, session, t } from "../core/index.ts";
import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { type Failure, failureOf, useLoaded } from "./hooks.ts";
import { Trouble } from "./message.tsx";
import { nameOf, inOneLine, tellingApart } from "./people.ts";
import { Sheet } from "./sheet.tsx";

interface Waiting {
  readonly redemption_id: string;
  readonly member_id: string;
  readonly amount_rupiah: number;
  readonly hand_over_by: string;
}

export function WaitingCash() {
  const bank = session.value.waste_bank_id ?? "";
  const { value: waiting = [], again } = useLoaded(
    () => door.get<readonly Waiting[]>("payout", `/v1/cash-boxes/${bank}/waiting`),
    [bank],
  );
  const [failure, setFailure] = useState<Failure | null>(null);
  /** One tap among several names is no proof: who gets how much is read once more before it is booked. */
  const [asked, setAsked] = useState<Waiting | null>(null);
  const handOver = async (redemptionId: string) => {
    setAsked(null);
    try {
      await counter.handOver(redemptionId);
      setFailure(null);
    } catch (error) {
      setFailure(failureOf(error));
    }
    again();
  };
  if (waiting.length === 0) return null;
  return (
    <section class="tumpuk rapat" aria-label={t("petugas.tukar.menunggu_uang")}>
      <h2>{t("petugas.tukar.menunggu_uang")}</h2>
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tukar.uang_aman")} />}
      <ul class="daftar" data-uji="uang-menunggu">
        {waiting.map((each) => (
          <li key={each.redemption_id}>
            <div class="baris">
              <span class="tengah">
                <b>{nameOf(each.member_id)}</b>
                <br />
                <span class="redup kecil">{inOneLine(tellingApart(each.member_id), t("petugas.tukar.paling_lambat", { jam: formatWhen(Date.parse(each.hand_over_by)) }))}</span>
              </span>
              <Button icon="tunai" onPress={() => setAsked(each)}>
                {t("petugas.tukar.serahkan", { uang: formatRupiah(each.amount_rupiah) })}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <p class="redup">{t("petugas.tukar.periksa_kartu")}</p>
      {asked !== null && (
        <Sheet title={t("petugas.tukar.serah_tanya", { uang: formatRupiah(asked.amount_rupiah), nama: nameOf(asked.member_id) })} onClose={() => setAsked(null)}>
          <p><b>{tellingApart(asked.member_id)}</b></p>
          <p>{t("petugas.tukar.serah_lalu")}</p>
          <p class="deret">
            <Button look="utama" icon="tunai" onPress={() => handOver(asked.redemption_id)}>
              {t("petugas.tukar.sudah_serah", { uang: formatRupiah(asked.amount_rupiah) })}
            </Button>
            <Button onPress={() => setAsked(null)}>{t("petugas.kembali")}</Button>
          </p>
        </Sheet>
      )}
    </section>
  );
}
