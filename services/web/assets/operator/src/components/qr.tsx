/** A QR as a picture of rectangles, made here: its maker is loaded when the first one is wanted. */
import { useEffect, useState } from "preact/hooks";

export function Qr({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let wanted = true;
    void import("uqr").then(({ encode }) => {
      const { data, size } = encode(text, { ecc: "L", border: 4 });
      const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
      if (wanted) setDrawn({ size, path });
    });
    return () => {
      wanted = false;
    };
  }, [text]);
  return (
    <figure class="qr">
      {drawn !== null && (
        <svg viewBox={`0 0 ${drawn.size} ${drawn.size}`} role="img" aria-label={label} data-uji="qr" data-teks={text}>
          <rect width="100%" height="100%" fill="#fff" />
          <path d={drawn.path} fill="#000" shape-rendering="crispEdges" />
        </svg>
      )}
    </figure>
  );
}
