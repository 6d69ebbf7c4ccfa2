// Which screen is at which place. Home comes with the app; the others are fetched when they are first wanted.

import type { ComponentType, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { place, replace } from "../app/router.js";
import { t } from "../app/words.js";
import { Home } from "../screens/home.js";
import { Actions, Button, Notice } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** What a screen is told: the parts of the path after its own name, and the query. */
export interface Route {
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

type Load = () => Promise<ComponentType<Route>>;

const SCREENS: Record<string, Load> = {
  about: async () => (await import("../screens/about.js")).About,
  activate: async () => (await import("../screens/activate/index.js")).Activate,
  authentication: async () => (await import("../screens/authentication.js")).Authentication,
  cards: async () => (await import("../screens/cards/index.js")).Cards,
  check: async () => (await import("../screens/self-check.js")).SelfCheck,
  desk: async () => (await import("../screens/desk.js")).Desk,
  help: async () => (await import("../screens/help.js")).Help,
  language: async () => (await import("../screens/language.js")).LanguageScreen,
  lock: async () => (await import("../screens/lock.js")).LockScreen,
  look: async () => (await import("../screens/look.js")).LookScreen,
  more: async () => (await import("../screens/settings.js")).Settings,
  request: async () => (await import("../screens/request/index.js")).RequestScreen,
  requests: async () => (await import("../screens/requests.js")).Requests,
  respond: async () => (await import("../screens/respond.js")).Respond,
  scan: async () => (await import("../screens/scan.js")).Scan,
  settings: async () => (await import("../screens/settings.js")).Settings,
  trade: async () => (await import("../screens/trade/index.js")).Trade,
  username: async () => (await import("../screens/username/index.js")).Username,
  usernames: async () => (await import("../screens/usernames.js")).Usernames,
};

const loaded = new Map<string, ComponentType<Route>>();

/** The screen of the present place. */
export function Current(): JSX.Element {
  const { path, query } = place.value;
  const [name, ...rest] = path;
  if (name === undefined) return <Home />;
  const load = SCREENS[name];
  // A place that is not, from an old link or another version, is home.
  if (!load) return <Elsewhere />;
  return <Fetched key={name} name={name} load={load} rest={rest} query={query} />;
}

function Elsewhere(): null {
  useEffect(() => replace("/"), []);
  return null;
}

function Fetched({ name, load, rest, query }: Route & { readonly name: string; readonly load: Load }): JSX.Element {
  const failed = useSignal(false);
  const ready = useSignal(loaded.has(name));
  const fetch = async (): Promise<void> => {
    failed.value = false;
    try {
      loaded.set(name, await load());
      ready.value = true;
    } catch {
      failed.value = true;
    }
  };
  useEffect(() => {
    if (!ready.value) void fetch();
  }, [name]);
  const Found = loaded.get(name);
  if (ready.value && Found) return <Found rest={rest} query={query} />;
  if (!failed.value) return <main class="screen" aria-busy="true" />;
  return (
    <Screen title={t("screen-failed")} back="/">
      <Notice kind="warn"><p>{t("screen-failed-words")}</p></Notice>
      <Actions><Button onPress={() => void fetch()}>{t("try-again")}</Button></Actions>
    </Screen>
  );
}

