/**
 * A QR as a picture of rectangles, made here: its maker is loaded when the first one is wanted. A tap shows it as large as
 * the screen allows, for an old camera on the other side of the table.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../core/index.ts";
import { Button } from "./button.tsx";

interface Drawn {
  readonly size: number;
  readonly path: string;
}

function Squares({ drawn, ...marks }: { drawn: Drawn; role?: "img"; "aria-label"?: string; "data-uji": string; "data-teks"?: string }) {
  return (
    <svg viewBox={`0 0 ${drawn.size} ${drawn.size}`} {...marks}>
      <rect width="100%" height="100%" fill="#fff" />
      <path d={drawn.path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

function Whole({ drawn, label, onClose }: { drawn: Drawn; label: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} class="qr-penuh" aria-label={label} onClick={onClose} onCancel={(event) => {
      event.preventDefault();
      onClose();
    }}>
      <Squares drawn={drawn} role="img" aria-label={label} data-uji="qr-besar" />
      <Button look="utama" icon="silang" onPress={onClose}>{t("petugas.struk.qr_tutup")}</Button>
    </dialog>
  );
}

export function Qr({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [whole, setWhole] = useState(false);
  const [tooLong, setTooLong] = useState(false);
  useEffect(() => {
    let wanted = true;
    const draw = async () => {
      const { encode } = await import("uqr");
      const { data, size } = encode(text, { ecc: "L", border: 4 });
      const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
      if (wanted) setDrawn({ size, path });
    };
    // More than a code can carry: sixty lines with a long reason.
    draw().catch(() => wanted && setTooLong(true));
    return () => {
      wanted = false;
    };
  }, [text]);
  if (tooLong) return <p>{t("petugas.struk.qr_panjang")}</p>;
  if (drawn === null) return <figure class="qr" />;
  return (
    <figure class="qr">
      <Squares drawn={drawn} role="img" aria-label={label} data-uji="qr" data-teks={text} />
      <figcaption>
        <Button icon="qr" class="lebar" onPress={() => setWhole(true)} mark="qr-perbesar">{t("petugas.struk.qr_besar")}</Button>
      </figcaption>
      {whole && <Whole drawn={drawn} label={label} onClose={() => setWhole(false)} />}
    </figure>
  );
}
