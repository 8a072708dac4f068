/** Enrols somebody, with or without a phone, with or without a signal. The tablet makes the id, so a deposit can follow at once. */
import { useState } from "preact/hooks";
import { cardNumberIsWhole, forms, isMobilePhone, members, type MemberKind, newId, saveEnrolment, t } from "../core/index.ts";
import { Button } from "../components/button.tsx";
import { CardField } from "../components/cardfield.tsx";
import { openDraft } from "../components/drafting.ts";
import { Choices, showFault, TextField } from "../components/fields.tsx";
import { useKeptForm } from "../components/hooks.ts";
import { Message, Safe } from "../components/message.tsx";
import { Page } from "../components/page.tsx";
import { aboutPerson, takeWish } from "../components/people.ts";
import { PinChoice } from "../components/pinchoice.tsx";
import { go, type Route, to } from "../router.ts";

const KINDS: readonly { value: MemberKind; key: string }[] = [
  { value: "person", key: "petugas.daftar.person" },
  { value: "household", key: "petugas.daftar.household" },
  { value: "group", key: "petugas.daftar.group" },
  { value: "waste_bank_unit", key: "petugas.daftar.waste_bank_unit" },
];

type Fault = "name" | "phone" | "card";

interface Typed {
  readonly member_id: string;
  readonly kind: MemberKind;
  readonly name: string;
  readonly phone: string;
  readonly address: string;
  readonly village: string;
  readonly card: string;
}

export function Screen({ route }: { route: Route }) {
  const [wish] = useState(takeWish);
  // The id is kept along: who saved, lost power and saves again has enrolled one person.
  const { form, change, goesOn, forget } = useKeptForm<Typed>(
    "daftar",
    () => ({ member_id: newId(), kind: "person", name: wish.name, phone: "", address: "", village: "", card: wish.card }),
    wish.name !== "" || wish.card !== "",
  );
  const { member_id: memberId, kind, name, phone, address, village, card } = form;
  const [faults, setFaults] = useState<Partial<Record<Fault, string>>>({});
  const [choosingPin, setChoosingPin] = useState(false);
  const [failed, setFailed] = useState(false);
  const thenWeigh = route.query.get("lalu") === "timbang";
  const alike = name.trim().length > 3 ? members.find(name.trim()).filter((each) => each.by === "name").slice(0, 3) : [];

  const cardNumber = card.replaceAll(/[^0-9]/g, "");
  const look = (): boolean => {
    const found: Partial<Record<Fault, string>> = {};
    if (name.trim() === "") found.name = t("petugas.daftar.nama_kosong");
    if (phone.trim() !== "" && !isMobilePhone(phone)) found.phone = t("petugas.daftar.telepon_salah");
    if (card.trim() !== "" && !cardNumberIsWhole(cardNumber)) found.card = t("petugas.kartu.salah_ketik");
    setFaults(found);
    if (Object.keys(found).length > 0) showFault();
    return Object.keys(found).length === 0;
  };
  const save = async (pin: string | null) => {
    try {
      await saveEnrolment({
        member_id: memberId,
        kind,
        name: name.trim(),
        phone: phone.trim() || null,
        address: address.trim() || null,
        village: village.trim() || null,
        card_number: cardNumber || null,
        pin,
      });
    } catch {
      setFailed(true);
      setChoosingPin(false);
      return;
    }
    await forms.forget("daftar");
    const draft = thenWeigh ? openDraft(memberId) : null;
    go(draft === null ? to("anggota", memberId) : to("timbang", draft.deposit_id), true);
  };
  if (choosingPin) {
    return (
      <Page title={t("petugas.daftar.pin")} back={null} personal lead={name}>
        <PinChoice onPin={(pin) => void save(pin)} onSkip={() => void save(null)} />
      </Page>
    );
  }
  return (
    <Page title={t("petugas.daftar.judul")} back={thenWeigh ? to("timbang") : to("anggota")} lead={t("petugas.daftar.isi")}>
      {failed && (
        <Message tone="salah" title={t("petugas.simpan.gagal")}>
          <Safe>{t("petugas.daftar.gagal_aman")}</Safe>
          <p>{t("petugas.simpan.gagal_lalu")}</p>
        </Message>
      )}
      {goesOn && (
        <Message title={t("petugas.isian.dilanjutkan")}>
          <p>
            <Button icon="hapus" onPress={forget}>{t("petugas.isian.kosongkan")}</Button>
          </p>
        </Message>
      )}
      <TextField label={t("petugas.daftar.nama")} value={name} onInput={(text) => change({ name: text })} fault={faults.name} autoFocus maxLength={120} mark="nama" />
      {alike.length > 0 && (
        <Message tone="awas" title={t("petugas.daftar.mirip")}>
          <ul>
            {alike.map(({ member }) => (
              <li key={member.member_id}>
                <a href={to("anggota", member.member_id)}>{member.name}</a> ({aboutPerson(member)})
              </li>
            ))}
          </ul>
        </Message>
      )}
      <Choices label={t("petugas.daftar.jenis")} value={kind} choices={KINDS.map(({ value, key }) => ({ value, words: t(key) }))} onChoose={(chosen) => change({ kind: chosen })} />
      <TextField
        label={t("petugas.daftar.telepon")}
        optional={t("petugas.boleh_kosong")}
        hint={t("petugas.daftar.telepon_petunjuk")}
        type="tel"
        inputMode="tel"
        value={phone}
        onInput={(text) => change({ phone: text })}
        fault={faults.phone}
        mark="telepon"
      />
      <CardField label={t("petugas.daftar.kartu")} number={card} onNumber={(number) => change({ card: number })} fault={faults.card} optional />
      <details class="lipat">
        <summary>{t("petugas.daftar.alamat_judul")}</summary>
        <div class="tumpuk">
          <TextField label={t("petugas.daftar.alamat")} optional={t("petugas.boleh_kosong")} value={address} onInput={(text) => change({ address: text })} />
          <TextField label={t("petugas.daftar.desa")} optional={t("petugas.boleh_kosong")} value={village} onInput={(text) => change({ village: text })} maxLength={120} />
        </div>
      </details>
      <p class="deret">
        <Button look="utama besar" icon="centang" mark="simpan-nasabah" onPress={() => (look() ? save(null) : undefined)}>
          {t(thenWeigh ? "petugas.daftar.simpan_timbang" : "petugas.daftar.simpan")}
        </Button>
        <Button look="besar" icon="kunci" onPress={() => look() && setChoosingPin(true)}>{t("petugas.daftar.simpan_pin")}</Button>
      </p>
      <p class="redup">{t("petugas.daftar.pin_nanti")}</p>
    </Page>
  );
}
