/** Find a member, see their cards and what was weighed for them here, give them a card. */
import { useState } from "preact/hooks";
import { type Card, cardNumberIsWhole, formatRupiah, formatWhen, members, outbox, saveCard, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { CardField } from "../components/cardfield.tsx";
import { openDraft } from "../components/drafting.ts";
import { Choices } from "../components/fields.tsx";
import { Finder } from "../components/finder.tsx";
import { useWatched } from "../components/hooks.ts";
import { Badge, Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { aboutPerson, personOf, wishToEnrol } from "../components/people.ts";
import { savedWorth } from "../components/printing.tsx";
import { StateBadge } from "../components/rowstate.tsx";
import { go, type Route, to } from "../router.ts";

type Reason = "lost" | "stolen" | "damaged" | "secret_seen";

const REASONS: readonly { value: Reason; key: string }[] = [
  { value: "lost", key: "petugas.kartu.hilang" },
  { value: "stolen", key: "petugas.kartu.dicuri" },
  { value: "damaged", key: "petugas.kartu.rusak" },
  { value: "secret_seen", key: "petugas.kartu.terbaca" },
];

function GiveCard({ memberId, old, onDone }: { memberId: string; old: Card | undefined; onDone: () => void }) {
  const [number, setNumber] = useState("");
  const [reason, setReason] = useState<Reason>("lost");
  const [fault, setFault] = useState<string>();
  const give = async () => {
    const digits = number.replaceAll(/[^0-9]/g, "");
    if (!cardNumberIsWhole(digits)) {
      setFault(t("petugas.kartu.salah_ketik"));
      return;
    }
    try {
      await saveCard(memberId, digits, old && { card_id: old.card_id, reason });
      onDone();
    } catch {
      setFault(t("petugas.simpan.gagal"));
    }
  };
  return (
    <section class="kartu tumpuk" aria-label={t("petugas.kartu.beri")}>
      <h2>{t(old === undefined ? "petugas.kartu.beri" : "petugas.kartu.ganti")}</h2>
      {old !== undefined && (
        <Choices label={t("petugas.kartu.sebab")} value={reason} choices={REASONS.map(({ value, key }) => ({ value, words: t(key) }))} onChoose={setReason} />
      )}
      <CardField label={t("petugas.kartu.baru")} number={number} onNumber={setNumber} fault={fault} />
      <p>
        <Button look="utama" icon="kartu" onPress={give}>{t("petugas.kartu.simpan")}</Button>
      </p>
    </section>
  );
}

function One({ memberId }: { memberId: string }) {
  const rows = useWatched(outbox.rows);
  const [giving, setGiving] = useState(false);
  const member = members.get(memberId);
  const person = personOf(memberId);
  if (person === null) {
    return (
      <Page title={t("petugas.anggota.judul")} back={to("anggota")}>
        <Message title={t("petugas.anggota.tidak_ada")}>
          <p>{t("petugas.anggota.tidak_ada_lalu")}</p>
        </Message>
      </Page>
    );
  }
  const cards = member?.cards ?? [];
  const old = cards.find((each) => !each.blocked);
  const deposits = rows.filter((row) => row.kind === "deposit" && row.member_id === memberId).slice(0, 20);
  const cardRow = rows.find((row) => row.kind === "card" && row.member_id === memberId && row.state !== "recorded");
  return (
    <Page title={person.name} personal back={to("anggota")} lead={aboutPerson(person)}>
      {member?.unsent === true && (
        <Message title={t("petugas.anggota.belum_terkirim")}>
          <Safe>{t("petugas.anggota.belum_terkirim_aman")}</Safe>
        </Message>
      )}
      <p class="deret">
        <Button look="utama besar" icon="timbang" onPress={() => {
          const draft = openDraft(memberId);
          go(draft === null ? to("timbang") : to("timbang", draft.deposit_id));
        }}>
          {t("petugas.timbang.ubin")}
        </Button>
        {!giving && (
          <Button icon="kartu" onPress={() => setGiving(true)}>{t(old === undefined ? "petugas.kartu.beri" : "petugas.kartu.ganti")}</Button>
        )}
      </p>
      {giving && <GiveCard memberId={memberId} old={old} onDone={() => setGiving(false)} />}
      {cardRow !== undefined && <Message title={t("petugas.kartu.menunggu")} />}
      <section class="tumpuk rapat" aria-label={t("petugas.kartu.judul")}>
        <h2>{t("petugas.kartu.judul")}</h2>
        {cards.length === 0 && <p class="redup">{t("petugas.kartu.tidak_ada")}</p>}
        {cards.length > 0 && <ul class="daftar">
          {cards.map((card) => (
            <li key={card.card_id}>
              <div class="baris">
                <span class="tengah">{card.number.replace(/(.{4})(?=.)/g, "$1 ")}</span>
                <Badge tone={card.blocked ? "salah" : "baik"}>{t(card.blocked ? "petugas.kartu.diblokir" : "petugas.kartu.berlaku")}</Badge>
              </div>
            </li>
          ))}
        </ul>}
      </section>
      <section class="tumpuk rapat" aria-label={t("petugas.anggota.setoran")}>
        <h2>{t("petugas.anggota.setoran")}</h2>
        {deposits.length === 0 && <p class="redup">{t("petugas.anggota.setoran_kosong")}</p>}
        {deposits.length > 0 && <ul class="daftar">
          {deposits.map((row) => (
            <li key={row.id}>
              <a href={to("struk", row.deposit_id ?? "")}>
                <span class="tengah"><b>{formatWhen(row.saved_at)}</b></span>
                <StateBadge state={row.state} />
                <span class="uang">{row.deposit !== null && formatRupiah(savedWorth(row.deposit).net_rupiah)}</span>
              </a>
            </li>
          ))}
        </ul>}
      </section>
    </Page>
  );
}

export function Screen({ route }: { route: Route }) {
  const [memberId] = route.parts;
  if (memberId !== undefined) return <One memberId={memberId} />;
  return (
    <Page title={t("petugas.anggota.judul")}>
      <Finder
        onPick={(person) => go(to("anggota", person.member_id))}
        onEnrol={(card, name) => {
          wishToEnrol(name, card ?? "");
          go(to("daftar"));
        }}
      />
    </Page>
  );
}
