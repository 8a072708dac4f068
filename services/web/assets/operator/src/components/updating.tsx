/** Takes a newer version, or says what has to be finished before it. */
import { useEffect, useState } from "preact/hooks";
import { app, t } from "../core/index.ts";
import { Button } from "./button.tsx";
import { useWatched } from "./hooks.ts";

export function UpdateButton({ plain }: { plain?: boolean }) {
  const open = useWatched(app.openDrafts);
  const [held, setHeld] = useState(false);
  useEffect(() => setHeld(false), [open]);
  return (
    <>
      <Button {...(plain === true ? { look: "polos" } : { icon: "ulang" })} onPress={async () => setHeld(!(await app.applyUpdate()))}>
        {t("petugas.versi.pakai")}
      </Button>
      {held && <span role="status">{t("petugas.versi.draf_dulu")}</span>}
    </>
  );
}
