/** The counter: a resident without a phone turns credit into cash or a product, with card and PIN. It needs a signal. */
import { useEffect, useState } from "preact/hooks";
import { type Balance, counter, formatRupiah, formatWhen, newId, type Product, type Redemption, session, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { TextField } from "../components/fields.tsx";
import { type Failure, failureOf, useWatched } from "../components/hooks.ts";
import { Message, Safe, Trouble } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { nameOf } from "../components/people.ts";
import { PinPad } from "../components/pinpad.tsx";
import { Outcome } from "../components/redemption.tsx";
import { Scanner } from "../components/scanner.tsx";
import { WaitingCash } from "../components/waitingcash.tsx";
import { type Chosen, Wares } from "../components/wares.tsx";

const WARNINGS: Readonly<Record<string, string>> = {
  cash_box_short: "petugas.tukar.kas_kurang",
  operator_differs: "petugas.tukar.operator_beda",
};

type Card = string | { number: string; secret: string };

function ShowCard({ onCard }: { onCard: (card: Card) => void }) {
  const [scanning, setScanning] = useState(false);
  const [number, setNumber] = useState("");
  const [secret, setSecret] = useState("");
  const [fault, setFault] = useState<string>();
  const take = (text: string) => {
    if (text.startsWith("TMB1:")) onCard(text);
    else setFault(t("petugas.tukar.bukan_kartu"));
  };
  return (
    <form
      class="tumpuk"
      onSubmit={(event) => {
        event.preventDefault();
        onCard({ number: number.replaceAll(/[^0-9]/g, ""), secret: secret.trim() });
      }}
    >
      {scanning ? (
        <Scanner label={t("petugas.tukar.pindai")} onText={take} onClose={() => setScanning(false)} />
      ) : (
        <p>
          <Button look="utama besar" icon="kamera" onPress={() => setScanning(true)}>{t("petugas.tukar.pindai")}</Button>
        </p>
      )}
      <TextField
        label={t("petugas.tukar.nomor_kartu")}
        value={number}
        onInput={(text) => (text.startsWith("TMB1:") ? take(text) : setNumber(text))}
        fault={fault}
        inputMode="numeric"
        mark="kartu-warga"
      />
      <TextField label={t("petugas.tukar.kode_kartu")} hint={t("petugas.tukar.kode_kartu_petunjuk")} value={secret} onInput={setSecret} mark="kode-kartu" />
      <p>
        <Button look="utama" disabled={number.trim() === "" || secret.trim() === ""}>
          {t("petugas.tukar.lanjut_pin")}
        </Button>
      </p>
    </form>
  );
}

function TypePin({ card, onIn, onBack }: { card: Card; onIn: (memberId: string) => void; onBack: () => void }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const tryPin = async (pin: string) => {
    setBusy(true);
    try {
      const { member_id } = await counter.signIn(card, pin);
      onIn(member_id);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
      setRound((count) => count + 1);
    }
  };
  return (
    <div class="sempit tumpuk">
      <Message title={t("petugas.pin.putar")} />
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tukar.saldo_utuh")} />}
      <PinPad label={t("petugas.pin.warga")} scramble onPin={tryPin} round={round} blocked={busy} />
      {busy && <p role="status">{t("petugas.masuk.bertanya")}</p>}
      <p>
        <Button onPress={onBack}>{t("petugas.tukar.kartu_lain")}</Button>
      </p>
    </div>
  );
}

function CheckQuote({ chosen, left, onDone, onBack }: {
  chosen: Chosen;
  left: number;
  onDone: (redemption: Redemption) => void;
  onBack: () => void;
}) {
  // Made with the page: pressing twice, or again after no answer, buys once.
  const [key] = useState(newId);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { quote } = chosen;
  const again = failure?.code === "same_purchase_just_made";
  const redeem = async () => {
    try {
      onDone(await counter.redeem(quote.quote_id, key, again));
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <section class="karcis tumpuk" aria-label={t("petugas.tukar.periksa")}>
      <p class="redup">{t("petugas.tukar.periksa_warga")}</p>
      <h2>{quote.product_name}</h2>
      <dl class="fakta">
        {quote.target !== null && <div><dt>{t("petugas.tukar.tujuan")}</dt><dd>{quote.target}</dd></div>}
        {quote.owner !== null && <div><dt>{t("petugas.tukar.pemilik")}</dt><dd>{quote.owner}</dd></div>}
        {quote.fee_rupiah > 0 && <div><dt>{t("petugas.tukar.biaya")}</dt><dd>{formatRupiah(quote.fee_rupiah)}</dd></div>}
        <div><dt>{t("petugas.tukar.dipotong")}</dt><dd class="uang besar">{formatRupiah(quote.amount_rupiah)}</dd></div>
        <div><dt>{t("petugas.tukar.sisa")}</dt><dd>{formatRupiah(left - quote.amount_rupiah)}</dd></div>
      </dl>
      {quote.warning !== null && <Message tone="awas" title={t(WARNINGS[quote.warning] ?? "petugas.tukar.perhatikan")} />}
      <p class="redup">{t("petugas.tukar.berlaku", { jam: formatWhen(Date.parse(quote.expires_at)) })}</p>
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tukar.sekali")} />}
      <p class="deret">
        <Button look="utama besar" icon="centang" onPress={redeem} mark="tukar-sekarang">
          {t(again ? "petugas.tukar.memang_lagi" : "petugas.tukar.setuju")}
        </Button>
        <Button onPress={onBack}>{t("petugas.tukar.ganti")}</Button>
      </p>
    </section>
  );
}

function SignedIn({ memberId, onEnd }: { memberId: string; onEnd: () => void }) {
  const [balance, setBalance] = useState<Balance | null>(null);
  const [products, setProducts] = useState<readonly Product[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [made, setMade] = useState<Redemption | null>(null);
  const load = async () => {
    try {
      const [money, wares] = await Promise.all([counter.balance(), counter.products()]);
      setBalance(money);
      setProducts(wares);
      setFailure(null);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  useEffect(() => void load(), []);
  if (made !== null) return <Outcome first={made} onEnd={onEnd} />;
  if (failure !== null) return <Trouble failure={failure} safe={t("petugas.tukar.saldo_utuh")} onAgain={load} />;
  if (balance === null) return <p role="status">{t("petugas.masuk.bertanya")}</p>;
  if (chosen !== null) {
    return <CheckQuote chosen={chosen} left={balance.available_rupiah} onDone={setMade} onBack={() => setChosen(null)} />;
  }
  return (
    <>
      <section class="karcis" aria-label={t("petugas.tukar.saldo")}>
        <p>{nameOf(memberId)}</p>
        <p class="redup">{t("petugas.tukar.saldo")}</p>
        <p class="uang besar" data-uji="saldo">{formatRupiah(balance.available_rupiah)}</p>
        {balance.held_rupiah > 0 && <p class="redup">{t("petugas.tukar.ditahan", { uang: formatRupiah(balance.held_rupiah) })}</p>}
      </section>
      <Wares products={products} available={balance.available_rupiah} onChosen={setChosen} />
      <p>
        <Button icon="keluar" onPress={onEnd}>{t("petugas.tukar.selesai")}</Button>
      </p>
    </>
  );
}

export function Screen() {
  const { state } = useWatched(session);
  const [card, setCard] = useState<Card | null>(null);
  const [memberId, setMemberId] = useState<string | null>(null);
  const end = () => {
    void counter.signOut().catch(() => undefined);
    setCard(null);
    setMemberId(null);
  };
  // Whoever leaves the counter without a word has left it.
  useEffect(() => () => void counter.signOut().catch(() => undefined), []);
  return (
    <Page title={t("petugas.tukar.judul")} lead={t("petugas.tukar.isi")}>
      {state !== "online" && memberId === null && (
        <Message tone="awas" title={t("petugas.tukar.perlu_sinyal")}>
          <Safe>{t("petugas.tukar.saldo_utuh")}</Safe>
          <p>{t("petugas.tukar.perlu_sinyal_lalu")}</p>
        </Message>
      )}
      {memberId !== null ? (
        <SignedIn memberId={memberId} onEnd={end} />
      ) : card !== null ? (
        <TypePin card={card} onIn={setMemberId} onBack={() => setCard(null)} />
      ) : (
        <>
          <ShowCard onCard={setCard} />
          <WaitingCash />
        </>
      )}
    </Page>
  );
}
