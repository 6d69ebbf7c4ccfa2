// Making this phone a key: one username at a time.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { t } from "../../app/words.js";
import type { Route } from "../../shell/screens.js";
import { Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { ByPassword, BySession, Followed, Scanned } from "./begin.js";
import { Done } from "./done.js";
import { Migrate, Suggest, putOff } from "./migrate.js";
import { Presence } from "./presence.js";
import { Prove } from "./prove.js";
import { Start } from "./start.js";
import { activated, resume } from "./state.js";

/** `/activate` and its steps. */
export function Activate({ rest: [step], query }: Route): JSX.Element {
  const ready = useSignal(false);
  useEffect(() => {
    void resume().catch(() => undefined).then(() => (ready.value = true));
  }, []);
  if (!ready.value) return <Screen title={t("activate")} back="/"><Waiting /></Screen>;
  switch (step) {
    case "password":
      return <ByPassword query={query} />;
    case "number":
      return <ByPassword query={query} byNumber />;
    case "migrate":
      return <Migrate query={query} />;
    case "session":
      return <BySession query={query} />;
    case "followed":
      return <Followed query={query} />;
    case "scanned":
      return <Scanned query={query} />;
    case "prove":
      return <Prove query={query} />;
    case "presence":
      return <Presence query={query} />;
    case "done":
      return activated.value ? <Done done={activated.value} query={query} /> : <Start query={query} />;
    default:
      return putOff.value ? <Start query={query} /> : <Suggest query={query} />;
  }
}
