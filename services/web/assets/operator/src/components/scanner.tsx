/** The camera that reads codes. Its reader comes from the port, which loads it only now; typing always stands beside it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { noteTouch, ports, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { Message } from "./message.tsx";

/** The same code stays before the camera for a while; it is told once in this time. */
const SAME_CODE_MS = 2_500;

export function Scanner({ label, onText, onClose }: {
  label: string;
  onText: (text: string) => void;
  onClose: () => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  const heard = useRef(onText);
  heard.current = onText;
  useEffect(() => {
    const stopping = new AbortController();
    let last = { text: "", at: 0 };
    const tell = (text: string) => {
      const at = performance.now();
      noteTouch();
      if (text === last.text && at - last.at < SAME_CODE_MS) return;
      last = { text, at };
      navigator.vibrate?.(40);
      heard.current(text);
    };
    if (video.current !== null) {
      ports.scanner.scan(video.current, tell, stopping.signal).catch(() => {
        if (!stopping.signal.aborted) setFailed(true);
      });
    }
    return () => stopping.abort();
  }, []);
  return (
    <div class="pindai">
      {failed ? (
        <Message tone="awas" title={t("petugas.pindai.tanpa_kamera")}>
          <p>{t("petugas.pindai.ketik_saja")}</p>
        </Message>
      ) : (
        <video ref={video} muted playsInline aria-label={label} />
      )}
      <Button icon="gagal" onPress={onClose}>{t("petugas.pindai.tutup")}</Button>
    </div>
  );
}
