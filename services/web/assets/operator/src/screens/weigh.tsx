/** A weigh-in from the card to "saved". Nothing in it waits for a signal; what is typed is a draft at once. */
import { useEffect, useState } from "preact/hooks";
import { type DepositDraft, prices, saveCorrection, saveDeposit, session, t, worthOf } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { Check } from "../components/check.tsx";
import { findDraft, forgetDraft, openDraft, pricesOf, savedRow } from "../components/drafting.ts";
import { Finder } from "../components/finder.tsx";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { aboutPerson, nameOf, personOf, wishToEnrol } from "../components/people.ts";
import { ReadinessCard } from "../components/readiness.tsx";
import { Sheet } from "../components/sheet.tsx";
import { WeighBoard } from "../components/weighboard.tsx";
import { go, type Route, to } from "../router.ts";

function NoPrices() {
  return (
    <Page title={t("petugas.timbang.judul")}>
      <Message tone="awas" title={t("petugas.timbang.tanpa_harga")}>
        <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
        <p>{t("petugas.timbang.tanpa_harga_lalu")}</p>
      </Message>
      <ReadinessCard />
    </Page>
  );
}

function Who() {
  const [noPrices, setNoPrices] = useState(false);
  if (noPrices || prices.items().length === 0) return <NoPrices />;
  const begin = (memberId: string) => {
    const draft = openDraft(memberId);
    if (draft === null) setNoPrices(true);
    else go(to("timbang", draft.deposit_id), true);
  };
  return (
    <Page title={t("petugas.timbang.siapa")}>
      <Finder
        onPick={(person) => begin(person.member_id)}
        onEnrol={(card, name) => {
          wishToEnrol(name, card ?? "");
          go(`${to("daftar")}?lalu=timbang`);
        }}
      />
    </Page>
  );
}

function Entering({ first }: { first: DepositDraft }) {
  const [draft, setDraft] = useState(first);
  const [checking, setChecking] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const by = pricesOf(draft);
  if (by === null) return <NoPrices />;
  const name = nameOf(draft.member_id);
  const person = personOf(draft.member_id);
  const save = async () => {
    await (draft.replaces === null ? saveDeposit(draft) : saveCorrection(draft));
    await forgetDraft(draft.deposit_id);
    go(`${to("struk", draft.deposit_id)}?baru`, true);
  };
  const discard = async () => {
    await forgetDraft(draft.deposit_id);
    go(to(""), true);
  };
  if (checking) {
    return (
      <Page title={t("petugas.periksa.judul")} back={null}>
        <Check draft={draft} name={name} worth={worthOf(draft.lines, by)} onSave={save} onBack={() => setChecking(false)} />
      </Page>
    );
  }
  return (
    <Page
      title={name}
      personal
      wide
      lead={[
        person === null ? "" : aboutPerson(person),
        draft.replaces === null ? "" : t("petugas.perbaiki.sedang"),
        draft.bag_ids.length === 0 ? "" : t("petugas.karung.sedang", { n: draft.bag_ids.length }),
        draft.channel === "pickup" ? t("petugas.jemput.sedang") : "",
      ].filter((words) => words !== "").join(" · ")}
    >
      <WeighBoard
        draft={draft}
        by={by}
        onDraft={setDraft}
        onCheck={() => setChecking(true)}
        worthOfLines={(lines) => worthOf(lines, by)}
      />
      <p>
        <Button look="polos" icon="buang" onPress={() => setLeaving(true)}>{t("petugas.timbang.buang_draf")}</Button>
      </p>
      {leaving && (
        <Sheet title={t("petugas.timbang.buang_tanya")} onClose={() => setLeaving(false)}>
          <p>{t("petugas.timbang.buang_lalu")}</p>
          <p class="deret">
            <Button look="bahaya" icon="buang" onPress={discard}>{t("petugas.timbang.buang_ya")}</Button>
            <Button onPress={() => setLeaving(false)}>{t("petugas.kembali")}</Button>
          </p>
        </Sheet>
      )}
    </Page>
  );
}

export function Screen({ route }: { route: Route }) {
  const [depositId] = route.parts;
  const [draft, setDraft] = useState<DepositDraft | null>(null);
  const bank = session.value.waste_bank_id;
  // The receipt comes next: it is at hand before it is wanted.
  useEffect(() => void import("./receipt.tsx").catch(() => undefined), []);
  useEffect(() => {
    if (depositId === undefined) return;
    // A draft that is gone was saved: its receipt is what is left to see.
    void findDraft(depositId).then((found) => {
      if (found !== null) setDraft(found);
      else go(savedRow(depositId) === null ? to("timbang") : to("struk", depositId), true);
    });
  }, [depositId]);
  if (bank === null || depositId === undefined) return <Who />;
  return draft === null ? null : <Entering key={draft.deposit_id} first={draft} />;
}
