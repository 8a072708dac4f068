/** What can be put on the scale: the waste bank's usual goods first, the rest by class, name, code or another word. */
import { useMemo, useState } from "preact/hooks";
import { formatRupiah, prices, t, type WasteClass } from "../core/index.ts";
import { TextField } from "./fields.tsx";
import { CLASSES, classWords, type Goods, ofItems, perUnit } from "./goods.ts";
import { Icon } from "./icon.tsx";

const USUAL_ITEMS = 8;

/** Codes of what is weighed most here; on a new tablet, of something from every class. */
function usualItems(goods: readonly Goods[]): string[] {
  const codes = new Set(prices.favourites(USUAL_ITEMS).map((item) => item.code));
  const left = CLASSES.map((each) => [...new Set(goods.filter(({ wasteClass }) => wasteClass === each).map(({ code }) => code))]);
  for (let round = 0; codes.size < USUAL_ITEMS && left.some((each) => each.length > round); round++) {
    for (const each of left) {
      const code = each[round];
      if (code !== undefined && codes.size < USUAL_ITEMS) codes.add(code);
    }
  }
  return [...codes];
}

export function ItemGrid({ goods, chosen, onChoose }: {
  goods: readonly Goods[];
  chosen: string | null;
  onChoose: (goods: Goods) => void;
}) {
  const [sought, setSought] = useState("");
  const [wasteClass, setWasteClass] = useState<WasteClass | null>(null);
  // Asked once: tiles that change places under the finger lead to wrong goods.
  const usual = useMemo(() => usualItems(goods), []);
  const shown = useMemo(() => {
    if (sought.trim() !== "") return ofItems(goods, prices.search(sought).map((item) => item.code));
    if (wasteClass !== null) return goods.filter((each) => each.wasteClass === wasteClass);
    return ofItems(goods, usual);
  }, [goods, usual, sought, wasteClass]);
  const present = useMemo(() => new Set(goods.map((each) => each.wasteClass)), [goods]);
  const choose = (each: Goods) => {
    setSought("");
    onChoose(each);
  };
  const showClass = (one: WasteClass | null) => {
    setSought("");
    setWasteClass(one);
  };
  return (
    <section class="barang" aria-label={t("petugas.barang.judul")}>
      <TextField type="search" label={t("petugas.barang.cari")} value={sought} onInput={setSought} mark="cari-barang" />
      <div class="kelas" role="group" aria-label={t("petugas.barang.kelas")}>
        <button type="button" class="tanda" aria-pressed={wasteClass === null && sought === ""} onClick={() => showClass(null)}>
          <Icon name="bintang" />
          {t("petugas.barang.biasa")}
        </button>
        {CLASSES.filter((each) => present.has(each)).map((each) => (
          <button type="button" class="tanda" key={each} aria-pressed={wasteClass === each} onClick={() => showClass(each)}>
            <Icon name={`kelas-${each}`} />
            {classWords(each)}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p role="status">{t("petugas.barang.tidak_ada", { cari: sought })}</p>}
      <div class="ubin-barang">
        {shown.map((each) => (
          <button
            type="button"
            key={each.key}
            class="ubin"
            aria-pressed={each.key === chosen}
            title={each.condition}
            data-uji={`barang-${each.key}`}
            onClick={() => choose(each)}
          >
            <Icon name={`kelas-${each.wasteClass}`} />
            <span>{each.name}{each.gradeName !== "" && <>, <em>{each.gradeName.toLowerCase()}</em></>}</span>
            <small>{each.code} · {formatRupiah(each.price)}/{perUnit(each.unit)}</small>
          </button>
        ))}
      </div>
    </section>
  );
}
