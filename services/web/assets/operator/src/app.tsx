/** The operator's app: which screen is shown, and what stands before it (no tablet: set-up; locked: PIN). */
import { render, type FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { session, start, t } from "./core/index.ts";
import { Button } from "./components/button.tsx";
import { Frame } from "./components/frame.tsx";
import { useWatched } from "./components/hooks.ts";
import { Message, Safe } from "./components/message.tsx";
import { Page } from "./components/page.tsx";
import { type Route, useRoute, WITHOUT_UNLOCKING } from "./router.ts";
import { Home } from "./screens/home.tsx";
import { Unlock } from "./screens/unlock.tsx";

type Screen = FunctionComponent<{ route: Route }>;

/** What a start comes to: the PIN and the way on. */
const AT_HAND: Readonly<Record<string, Screen>> = { "": Home, buka: Unlock };

/** The rest is fetched (from the tablet itself) when it is first wanted. */
const ON_DEMAND: Readonly<Record<string, () => Promise<{ Screen: Screen }>>> = {
  timbang: () => import("./screens/weigh.tsx"),
  struk: () => import("./screens/receipt.tsx"),
  siapkan: () => import("./screens/setup.tsx"),
  masuk: () => import("./screens/signin.tsx"),
  anggota: () => import("./screens/member.tsx"),
  daftar: () => import("./screens/enrol.tsx"),
  karung: () => import("./screens/bags.tsx"),
  rombongan: () => import("./screens/group.tsx"),
  jemput: () => import("./screens/pickups.tsx"),
  tukar: () => import("./screens/counter.tsx"),
  "tutup-hari": () => import("./screens/closing.tsx"),
  antrean: () => import("./screens/unsent.tsx"),
  riwayat: () => import("./screens/history.tsx"),
  perbaiki: () => import("./screens/correct.tsx"),
  pulihkan: () => import("./screens/restore.tsx"),
  setelan: () => import("./screens/settings.tsx"),
};

const fetched = new Map<string, Screen>();

function OnDemand({ name, route }: { name: string; route: Route }) {
  const [, draw] = useState(0);
  const [failed, setFailed] = useState(false);
  const Known = fetched.get(name);
  useEffect(() => {
    if (fetched.has(name)) return;
    ON_DEMAND[name]?.().then(
      ({ Screen }) => {
        fetched.set(name, Screen);
        draw((count) => count + 1);
      },
      () => setFailed(true),
    );
  }, [name]);
  if (Known !== undefined) return <Known route={route} />;
  if (!failed) return null;
  return (
    <Page title={t("petugas.galat.layar_judul")}>
      <Message tone="awas" title={t("petugas.galat.layar")}>
        <Safe>{t("petugas.galat.tersimpan_aman")}</Safe>
        <Button look="utama" onPress={() => location.reload()}>{t("petugas.galat.muat_ulang")}</Button>
      </Message>
    </Page>
  );
}

function screenFor(route: Route, { tablet, state }: typeof session.value): string {
  if (tablet === null) return "siapkan";
  if (state === "locked" && !WITHOUT_UNLOCKING.has(route.name)) return "buka";
  return route.name in AT_HAND || route.name in ON_DEMAND ? route.name : "";
}

function App() {
  const route = useRoute();
  const now = useWatched(session);
  const name = screenFor(route, now);
  const Here = AT_HAND[name];
  // Another part in the path is another subject: nothing typed for the one may show up at the other.
  const key = `${name}/${route.parts.join("/")}`;
  return (
    <Frame>
      {Here !== undefined ? <Here key={key} route={route} /> : <OnDemand key={key} name={name} route={route} />}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root !== null) {
  await start();
  root.replaceChildren();
  render(<App />, root);
}
