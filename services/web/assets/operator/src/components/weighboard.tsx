/**
 * Goods, scale and list on one screen. A tile puts its goods on the scale and lays down what lay there before: a trained
 * operator taps the tile and the digits, nothing else.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { type DepositDraft, formatQuantity, formatRupiah, isLarge, type Line, noteTouch, ports, type PricesNow, t, type Worth } from "../core/index.ts";
import { Button } from "./button.tsx";
import { draftsUnkept, keepDraft, lineOf, type OnScale, typedAs } from "./drafting.ts";
import { type Goods, goodsOf, perUnit } from "./goods.ts";
import { ItemGrid } from "./itemgrid.tsx";
import { Keypad, typed } from "./keypad.tsx";
import { LineList } from "./lines.tsx";
import { Message } from "./message.tsx";
import { Sheet } from "./sheet.tsx";
import { useKeys, useLoaded, useWatched } from "./hooks.ts";

const SCALE_PATIENCE_MS = 8_000;
/** As many as the server takes in one deposit. */
const MOST_LINES = 60;

function ScaleButton({ onWeight }: { onWeight: (grams: number) => void }) {
  const { value: ready } = useLoaded(() => ports.scale.ready(), []);
  const [failed, setFailed] = useState(false);
  if (ready !== true) return null;
  const read = () =>
    ports.scale.read(AbortSignal.timeout(SCALE_PATIENCE_MS)).then(
      (grams) => {
        setFailed(false);
        noteTouch();
        onWeight(grams);
      },
      () => setFailed(true),
    );
  return (
    <>
      <Button icon="timbang" onPress={read}>{t("petugas.timbang.baca")}</Button>
      {failed && <p role="status" class="galat">{t("petugas.timbang.baca_gagal")}</p>}
    </>
  );
}

export function WeighBoard({ draft, by, onDraft, onCheck, worthOfLines }: {
  draft: DepositDraft;
  by: PricesNow;
  onDraft: (draft: DepositDraft) => void;
  onCheck: () => void;
  worthOfLines: (lines: readonly Line[]) => Worth;
}) {
  const goods = goodsOf(by);
  const [scale, show] = useState<OnScale | null>(null);
  // What lies on the scale now, also after keys that came faster than they were drawn: no digit may be lost.
  const latest = useRef<OnScale | null>(null);
  const setScale = (next: OnScale | null) => {
    latest.current = next;
    show(next);
  };
  const [fault, setFault] = useState<string | null>(null);
  const press = (key: string) => {
    const now = latest.current;
    setFault(null);
    if (now !== null) setScale({ ...now, text: typed(now.text, key, now.goods.unit === "piece"), source: "keypad" });
  };
  /** What to do after "yes, 250 kg". */
  const [asked, setAsked] = useState<{ line: Line; after: () => void } | null>(null);
  const unkept = useWatched(draftsUnkept);
  const board = useRef<HTMLElement>(null);
  const onScale = scale === null ? null : lineOf(scale);
  const lines = onScale === null ? draft.lines : [...draft.lines, onScale];
  const worth = worthOfLines(lines);

  // What lies on the scale is part of the draft: a reload finds it as a line.
  useEffect(() => keepDraft({ ...draft, lines }), [draft, scale]);
  // On a low screen the goods push the lowest keys out of it: they are in view before the first digit.
  useEffect(() => board.current?.scrollIntoView({ block: "nearest" }), [scale?.goods.key]);

  const layDown = (after: () => void, sure = false) => {
    const now = latest.current;
    setFault(null);
    if (now === null || now.text === "") {
      setScale(null);
      after();
      return;
    }
    if (draft.lines.length >= MOST_LINES) {
      setFault(t("petugas.timbang.baris_penuh", { n: MOST_LINES }));
      return;
    }
    const line = lineOf(now);
    if (line === null) {
      setFault(t(/^[0,]+$/.test(now.text) ? "petugas.timbang.nol" : "petugas.timbang.jumlah_salah"));
      return;
    }
    if (isLarge(line.unit, line.quantity) && !sure) {
      setAsked({ line, after });
      return;
    }
    setScale(null);
    onDraft({ ...draft, lines: [...draft.lines, line], weight_source: now.source });
    after();
  };
  const put = (chosen: Goods, text = "") => {
    setScale({ goods: chosen, text, source: "keypad" });
  };
  const edit = (at: number) => layDown(() => {
    const line = draft.lines[at];
    const known = goods.find((each) => each.code === line?.item_code && each.grade === line.grade);
    if (line === undefined || known === undefined) return;
    onDraft({ ...draft, lines: draft.lines.filter((_, other) => other !== at) });
    put(known, typedAs(line));
  });

  useKeys((event) => {
    if (/^([0-9.,]|Backspace)$/.test(event.key)) {
      event.preventDefault();
      press(event.key);
    }
    if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) layDown(() => undefined);
  });

  return (
    <div class="meja">
      <ItemGrid goods={goods} chosen={scale?.goods.key ?? null} onChoose={(each) => layDown(() => put(each))} />
      <section class="timbangan tumpuk rapat" ref={board} aria-label={t("petugas.timbang.timbangan")}>
        {scale === null ? (
          <p class="redup">{t(lines.length === 0 ? "petugas.timbang.pilih_barang" : "petugas.timbang.pilih_lagi")}</p>
        ) : (
          <>
            <p>
              <b>{scale.goods.name}{scale.goods.gradeName !== "" && `, ${scale.goods.gradeName.toLowerCase()}`}</b>
              <span class="redup kecil syarat">{scale.goods.condition}</span>
            </p>
            <output class="layar" data-uji="layar" aria-live="polite">
              {scale.text === "" ? "0" : scale.text} <small>{perUnit(scale.goods.unit)}</small>
            </output>
            <p class="deret ujung">
              <span class="redup">{t("petugas.timbang.kali", { harga: formatRupiah(scale.goods.price), satuan: perUnit(scale.goods.unit) })}</span>
              <span class="uang" data-uji="nilai-baris">{formatRupiah(onScale?.shown_rupiah ?? 0)}</span>
            </p>
            <Keypad whole={scale.goods.unit === "piece"} onKey={press} />
            {scale.goods.unit === "kg" && (
              <ScaleButton onWeight={(grams) => setScale({ ...scale, text: typedAs({ unit: "kg", quantity: grams } as Line), source: "scale" })} />
            )}
          </>
        )}
        {fault !== null && <Message tone="awas" title={fault} />}
        {unkept && <Message tone="salah" title={t("petugas.simpan.draf_gagal")}><p>{t("petugas.simpan.gagal_lalu")}</p></Message>}
      </section>
      <section class="isi-setoran tumpuk rapat" aria-label={t("petugas.timbang.daftar")}>
        {draft.lines.length > 0 && (
          <LineList
            lines={draft.lines}
            onEdit={edit}
            onRemove={(at) => onDraft({ ...draft, lines: draft.lines.filter((_, other) => other !== at) })}
          />
        )}
        <div class="kaki-meja">
          <p class="deret ujung">
            <span>{t("petugas.nilai.sementara", { n: lines.length })}</span>
            <span class="uang besar" data-uji="nilai-berjalan">{formatRupiah(worth.net_rupiah)}</span>
          </p>
          <Button look="utama besar" icon="centang" class="lebar" disabled={lines.length === 0 && (scale?.text ?? "") === ""} onPress={() => layDown(onCheck)} mark="periksa">
            {t("petugas.timbang.periksa")}
          </Button>
        </div>
      </section>
      {asked !== null && (
        <Sheet title={t("petugas.timbang.benar", { jumlah: formatQuantity(asked.line.unit, asked.line.quantity) })} onClose={() => setAsked(null)}>
          <p>{t("petugas.timbang.benar_lalu")}</p>
          <p class="deret">
            <Button look="utama" onPress={() => {
              setAsked(null);
              layDown(asked.after, true);
            }}>
              {t("petugas.timbang.ya_benar", { jumlah: formatQuantity(asked.line.unit, asked.line.quantity) })}
            </Button>
            <Button onPress={() => {
              setAsked(null);
              if (latest.current !== null) setScale({ ...latest.current, text: "" });
            }}>
              {t("petugas.timbang.ketik_ulang")}
            </Button>
          </p>
        </Sheet>
      )}
    </div>
  );
}
