/** What a resident's balance can become: cash or a product, as tiles of what they can afford; nothing is typed but numbers. */
import { useState } from "preact/hooks";
import { counter, formatRupiah, type Product, type Quote, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { TextField } from "./fields.tsx";
import { type Failure, failureOf } from "./hooks.ts";
import { Icon } from "./icon.tsx";
import { Message, Trouble } from "./message.tsx";

type Kind = "cash" | "pln_token" | "pulsa" | "data";

const KINDS: readonly { kind: Kind; key: string; icon: string }[] = [
  { kind: "cash", key: "petugas.tukar.tunai", icon: "tunai" },
  { kind: "pln_token", key: "petugas.tukar.listrik", icon: "listrik" },
  { kind: "pulsa", key: "petugas.tukar.pulsa", icon: "pulsa" },
  { kind: "data", key: "petugas.tukar.data", icon: "data" },
];
const CASH_STEPS: readonly number[] = [5_000, 10_000, 20_000, 50_000, 100_000, 200_000];

export interface Chosen {
  readonly kind: string;
  readonly quote: Quote;
}

/** Amounts of cash within what the door says and the balance allows; the largest possible one is among them. */
function cashAmounts(product: Product, available: number): number[] {
  const step = product.step_rupiah ?? 1_000;
  const least = product.smallest_rupiah ?? step;
  const most = Math.min(product.largest_rupiah ?? available, available);
  const all = most - (most % step);
  return [...new Set([...CASH_STEPS.filter((each) => each % step === 0), all])].filter((each) => each >= least && each <= most).sort((a, b) => a - b);
}

function Target({ kind, value, onInput }: { kind: Kind; value: string; onInput: (text: string) => void }) {
  return (
    <TextField
      label={t(kind === "pln_token" ? "petugas.tukar.meter" : "petugas.tukar.nomor_hp")}
      hint={t(kind === "pln_token" ? "petugas.tukar.meter_petunjuk" : "petugas.tukar.nomor_hp_petunjuk")}
      inputMode="numeric"
      type={kind === "pln_token" ? "text" : "tel"}
      value={value}
      onInput={onInput}
      maxLength={20}
      mark="nomor-tujuan"
    />
  );
}

export function Wares({ products, available, onChosen }: {
  products: readonly Product[];
  available: number;
  onChosen: (chosen: Chosen) => void;
}) {
  const [kind, setKind] = useState<Kind | null>(null);
  const [brand, setBrand] = useState<string | null>(null);
  const [target, setTarget] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const ofKind = products.filter((each) => each.kind === kind);
  const brands = [...new Set(ofKind.map((each) => each.brand))];
  const brandNow = brands.length === 1 ? brands[0] ?? null : brand;
  const shown = ofKind.filter((each) => each.brand === brandNow);
  const digits = target.replaceAll(/[^0-9]/g, "");

  const ask = async (wish: Parameters<typeof counter.quote>[0]) => {
    if (kind === null) return;
    try {
      setFailure(null);
      onChosen({ kind, quote: await counter.quote(wish) });
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <section class="tumpuk" aria-label={t("petugas.tukar.pilih")}>
      <div class="petak" role="group" aria-label={t("petugas.tukar.pilih")}>
        {KINDS.filter((each) => products.some((product) => product.kind === each.kind)).map((each) => (
          <button
            type="button"
            class="ubin"
            key={each.kind}
            aria-pressed={kind === each.kind}
            onClick={() => {
              setKind(each.kind);
              setBrand(null);
              setTarget("");
              setFailure(null);
            }}
          >
            <Icon name={each.icon} />
            {t(each.key)}
          </button>
        ))}
      </div>
      {kind !== null && kind !== "cash" && <Target kind={kind} value={target} onInput={setTarget} />}
      {kind !== null && brands.length > 1 && (
        <div class="deret" role="group" aria-label={t("petugas.tukar.operator")}>
          {brands.map((each) => (
            <button type="button" class="tanda" key={each} aria-pressed={each === brandNow} onClick={() => setBrand(each)}>{each}</button>
          ))}
        </div>
      )}
      {failure !== null && <Trouble failure={failure} safe={t("petugas.tukar.saldo_utuh")} />}
      {kind === "cash" && shown.map((product) => {
        const amounts = cashAmounts(product, available);
        if (amounts.length === 0) {
          return <Message key={product.code} title={t("petugas.tukar.kurang", { terkecil: formatRupiah(product.smallest_rupiah ?? 0) })} />;
        }
        return (
          <div class="petak" key={product.code}>
            {amounts.map((amount) => (
              <Button key={amount} look="besar" disabled={!product.available} onPress={() => ask({ product: product.code, amount_rupiah: amount })}>
                {formatRupiah(amount)}
              </Button>
            ))}
          </div>
        );
      })}
      {kind !== null && kind !== "cash" && brandNow !== null && (
        <div class="petak">
          {shown.map((product) => {
            const dear = product.amount_rupiah !== null && product.amount_rupiah > available;
            return (
              <button
                type="button"
                class="ubin"
                key={product.code}
                disabled={!product.available || dear || digits.length < 9}
                onClick={() => void ask({ product: product.code, target: digits })}
              >
                <span>{product.name}</span>
                <small>
                  {product.available ? product.amount_rupiah !== null && formatRupiah(product.amount_rupiah) : product.why_not}
                  {dear && ` · ${t("petugas.tukar.saldo_kurang")}`}
                </small>
              </button>
            );
          })}
        </div>
      )}
    </section>
  );
}
