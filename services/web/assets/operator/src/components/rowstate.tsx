/** Where a record stands, in one word and a picture, with the reason if there is one. */
import type { Row, RowKind, RowState } from "../core/index.ts";
import { t } from "../core/index.ts";
import { Badge, type Tone } from "./message.tsx";

const STATES: Readonly<Record<RowState, { key: string; tone: Tone; icon: string }>> = {
  draft: { key: "petugas.status.draf", tone: "netral", icon: "ubah" },
  waiting: { key: "petugas.status.menunggu", tone: "tahu", icon: "antrean" },
  sending: { key: "petugas.status.dikirim", tone: "tahu", icon: "kirim" },
  recorded: { key: "petugas.status.terkirim", tone: "baik", icon: "benar" },
  waiting_for_member: { key: "petugas.status.tunggu_nasabah", tone: "awas", icon: "tunggu" },
  quarantined: { key: "petugas.status.diperiksa", tone: "awas", icon: "mata" },
  conflict: { key: "petugas.status.bertentangan", tone: "salah", icon: "gagal" },
  invalid: { key: "petugas.status.ditolak", tone: "salah", icon: "gagal" },
  need_sign_in: { key: "petugas.status.perlu_masuk", tone: "awas", icon: "kunci" },
};

const REASONS: Readonly<Partial<Record<RowState, string>>> = {
  waiting: "petugas.alasan.menunggu",
  waiting_for_member: "petugas.alasan.tunggu_nasabah",
  quarantined: "petugas.alasan.diperiksa",
  conflict: "petugas.alasan.bertentangan",
  invalid: "petugas.alasan.ditolak",
  need_sign_in: "petugas.alasan.perlu_masuk",
};

const KINDS: Readonly<Record<RowKind, { key: string; icon: string }>> = {
  enrolment: { key: "petugas.jenis.enrolment", icon: "tambah-anggota" },
  card: { key: "petugas.jenis.card", icon: "kartu" },
  bag: { key: "petugas.jenis.bag", icon: "karung" },
  deposit: { key: "petugas.jenis.deposit", icon: "timbang" },
  void: { key: "petugas.jenis.void", icon: "silang" },
  pickup_done: { key: "petugas.jenis.pickup_done", icon: "jemput" },
  bag_discard: { key: "petugas.jenis.bag_discard", icon: "buang" },
  closing: { key: "petugas.jenis.closing", icon: "tutup-hari" },
};

export function StateBadge({ state }: { state: RowState }) {
  const { key, tone, icon } = STATES[state];
  return <Badge tone={tone} icon={icon}>{t(key)}</Badge>;
}

/** What became of a deposit that counts no more; null while it counts. */
export function fateOf(depositId: string | null, rows: readonly Row[]): { readonly key: FateKey; readonly by: Row } | null {
  // What the server did not take changed nothing.
  const said = rows.filter((each) => each.state !== "invalid" && each.state !== "conflict");
  const isVoid = said.find((each) => each.kind === "void" && each.deposit_id === depositId);
  if (isVoid !== undefined) return { key: "petugas.status.dibatalkan", by: isVoid };
  const instead = said.find((each) => each.deposit?.replaces?.deposit_id === depositId);
  return instead === undefined ? null : { key: "petugas.status.diganti", by: instead };
}

export type FateKey = "petugas.status.dibatalkan" | "petugas.status.diganti";

/** Where a deposit stands, and in front of it that it counts no more. */
export function DepositBadge({ row, rows }: { row: Row; rows: readonly Row[] }) {
  const fate = fateOf(row.deposit_id, rows);
  return fate === null ? <StateBadge state={row.state} /> : <Badge tone="awas" icon="silang">{t(fate.key)}</Badge>;
}

export const kindWords = (kind: RowKind): string => t(KINDS[kind].key);
export const kindIcon = (kind: RowKind): string => KINDS[kind].icon;

/** Why it stands there: the server's own sentence if it gave one. */
export function reasonWords(row: Row): string | null {
  if (row.detail !== null) return row.detail;
  const key = REASONS[row.state];
  return key === undefined ? null : t(key);
}
