/** Finds a member by card, number, name or the last digits of the phone, among those that the tablet knows. */
import { useMemo, useState } from "preact/hooks";
import { type Found, members, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { TextField } from "./fields.tsx";
import { Icon } from "./icon.tsx";
import { Badge, Message } from "./message.tsx";
import { aboutPerson, askCard, type Person } from "./people.ts";
import { Scanner } from "./scanner.tsx";

const FOUND_BY: Readonly<Record<Found["by"], string>> = {
  card: "petugas.cari.lewat_kartu",
  number: "petugas.cari.lewat_nomor",
  name: "petugas.cari.lewat_nama",
  phone: "petugas.cari.lewat_telepon",
};

const SHORTEST = 2;

/** What the card says whose code was scanned, or whose number was typed; null if the text is no card. */
function cardNumberOf(text: string): string | null {
  const digits = text.startsWith("TMB1:") ? text.split(":")[1] ?? "" : text.replaceAll(/[ .-]/g, "");
  return /^[0-9]{12}$/.test(digits) ? digits : null;
}

function UnknownCard({ number, onPick, onEnrol }: {
  number: string;
  onPick: (person: Person) => void;
  onEnrol: ((cardNumber: string) => void) | undefined;
}) {
  const [answer, setAnswer] = useState<string | null>(null);
  const ask = async () => {
    const { person, words } = await askCard(number);
    if (person !== null) onPick(person);
    setAnswer(words);
  };
  return (
    <Message tone="awas" title={t("petugas.cari.kartu_asing", { nomor: number })}>
      <p>{answer ?? t("petugas.cari.kartu_asing_lalu")}</p>
      <p class="deret">
        {onEnrol !== undefined && (
          <Button look="utama" icon="tambah" onPress={() => onEnrol(number)}>{t("petugas.cari.daftar_kartu")}</Button>
        )}
        <Button icon="cari" onPress={ask}>{t("petugas.cari.tanya_server")}</Button>
      </p>
    </Message>
  );
}

export function Finder({ onPick, onEnrol, label }: {
  onPick: (person: Person) => void;
  /** Offered where nobody is found; absent where only somebody known can be meant. */
  onEnrol?: (cardNumber: string | null, name: string) => void;
  label?: string;
}) {
  const [text, setText] = useState("");
  const [scanning, setScanning] = useState(false);
  const sought = text.trim();
  const found = useMemo(() => (sought.length >= SHORTEST ? members.find(sought) : []), [sought]);
  const cardNumber = cardNumberOf(sought);
  const byCard = found.length === 1 && found[0]?.by === "card" ? found[0] : null;

  const take = (scanned: string) => {
    const holders = members.find(scanned);
    const [only] = holders;
    setScanning(false);
    if (only !== undefined && holders.length === 1 && !only.blocked_card) onPick(only.member);
    else setText(cardNumberOf(scanned) ?? scanned.slice(0, 40));
  };
  return (
    <section class="tumpuk" aria-label={label ?? t("petugas.cari.judul")}>
      <form
        class="tumpuk"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = found;
          if (first !== undefined && found.length === 1 && !first.blocked_card) onPick(first.member);
        }}
      >
        <TextField
          type="search"
          label={label ?? t("petugas.cari.label")}
          hint={t("petugas.cari.petunjuk")}
          value={text}
          onInput={(typed) => (typed.startsWith("TMB1:") ? take(typed) : setText(typed))}
          autoFocus
          mark="cari-anggota"
        />
        {scanning ? (
          <Scanner label={t("petugas.cari.pindai")} onText={take} onClose={() => setScanning(false)} />
        ) : (
          <Button icon="kamera" look="besar" onPress={() => setScanning(true)}>{t("petugas.cari.pindai")}</Button>
        )}
      </form>
      {byCard?.blocked_card === true && (
        <Message tone="salah" title={t("petugas.cari.kartu_mati")}>
          <p>{t("petugas.cari.kartu_mati_lalu")}</p>
        </Message>
      )}
      {found.length > 0 && (
        <ul class="daftar" data-uji="hasil-cari">
          {found.map(({ member, by, blocked_card }) => (
            <li key={member.member_id}>
              <button type="button" class="baris penuh" disabled={blocked_card} onClick={() => onPick(member)}>
                <Icon name={member.kind === "group" ? "rombongan" : "anggota"} />
                <span class="tengah">
                  <b>{member.name}</b>
                  <br />
                  <span class="redup kecil">{aboutPerson(member)}</span>
                </span>
                {member.unsent && <Badge tone="tahu" icon="antrean">{t("petugas.status.menunggu")}</Badge>}
                <span class="redup kecil">{t(FOUND_BY[by])}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {found.length === 0 && cardNumber !== null && (
        <UnknownCard number={cardNumber} onPick={onPick} onEnrol={onEnrol && ((number) => onEnrol(number, ""))} />
      )}
      {found.length === 0 && cardNumber === null && sought.length >= SHORTEST && (
        <Message title={t("petugas.cari.tidak_ada", { cari: sought })}>
          <p>{t("petugas.cari.tidak_ada_lalu")}</p>
        </Message>
      )}
      {onEnrol !== undefined && cardNumber === null && (
        <p>
          <Button icon="tambah" onPress={() => onEnrol(null, /^[0-9]/.test(sought) ? "" : sought)}>{t("petugas.cari.daftar")}</Button>
        </p>
      )}
    </section>
  );
}
