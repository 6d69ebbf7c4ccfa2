// The home screen: Trade, Authentication, Debit Card.

import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { go } from "../app/router.js";
import { account, accounts, allWaiting, chooseLook, config, core, installOffer, look, session, trouble } from "../app/state.js";
import { moment, timeOfDay } from "../app/format.js";
import { headline } from "../app/operation.js";
import { t } from "../app/words.js";
import { Icon, type IconName } from "../ui/icons.js";
import type { Fate } from "../core/types.js";
import { useAction } from "../ui/action.js";
import { Button, Group, Notice, Row, Trouble } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";
import { askSure } from "../ui/sheet.js";
import { Calling } from "./calling.js";

/** The server takes this key no more: it is not active, or nobody's, its refresh token included. */
const KEY_ENDED: readonly string[] = ["device-not-active", "unauthorized"];

/** Home. */
export function Home(): JSX.Element {
  const first = accounts.value.length === 0;
  return (
    <Screen title={config.value?.product ?? t("home-tab")}>
      <WaitingNow />
      {KEY_ENDED.includes(trouble.value?.slug ?? "") && <KeyEnded />}
      {first && <p class="lead">{t("welcome-words")}</p>}
      <div class="modules">
        <Module to="/trade" icon="trade" title={t("trade")} words={tradeWords()} />
        <Module to="/authentication" icon="shield" title={t("authentication")} words={first ? t("authentication-words-first") : t("authentication-words")} />
        <Module to={first ? "/activate?then=/cards" : "/cards"} icon="card" title={t("debit-card")} words={t("debit-card-words")} />
      </div>
      {first ? <Start /> : <Quick />}
      {!first && <Calling />}
      <InstallHint />
      {config.value?.demo && <LookSwitch />}
    </Screen>
  );
}

function tradeWords(): string {
  const live = session.value;
  return live ? t("trade-words-live", { time: timeOfDay(live.expires_at) }) : t("trade-words");
}

interface ModuleProps {
  readonly to: string;
  readonly icon: IconName;
  readonly title: string;
  readonly words: string;
}

function Module({ to, icon, title, words }: ModuleProps): JSX.Element {
  const id = useId();
  return (
    <button class="module" type="button" aria-labelledby={`${id}-title`} aria-describedby={`${id}-words`} onClick={() => go(to)}>
      <span class="module-icon"><Icon name={icon} /></span>
      <span class="module-text">
        <span class="module-title" id={`${id}-title`}>{title}</span>
        <span class="module-words" id={`${id}-words`}>{words}</span>
      </span>
      <Icon name="next" />
    </button>
  );
}

/** What waits for an answer comes before everything else. */
function WaitingNow(): JSX.Element {
  return (
    <div class="now">
      {allWaiting.value.map(({ device, pending }) => (
        <button key={pending.id} class="now-card" type="button" onClick={() => go(`/request/${device}/${pending.id}`)}>
          <Icon name="bell" />
          <span class="row-text">
            <span class="row-title">{t("requests-answer")}</span>
            <span class="row-words">{headline(pending.operation)}</span>
          </span>
          <Icon name="next" />
        </button>
      ))}
    </div>
  );
}

/** The server takes this phone's key no more: by what it was replaced, and the veto where that came by a code alone. */
function KeyEnded(): JSX.Element {
  const one = account.value;
  const fate = useSignal<Fate | undefined>(undefined);
  const ended = useSignal(false);
  const action = useAction();
  useEffect(() => {
    if (one) void core().fate(one).then((found) => (fate.value = found), () => undefined);
  }, [one?.device]);
  const veto = (): Promise<void> =>
    action.run(async () => {
      if (!one) return;
      const sure = { title: t("veto-sure"), words: [t("veto-sure-words")], yes: t("veto"), no: t("cancel") };
      if (!(await askSure(sure))) return;
      await core().veto(one);
      ended.value = true;
    });
  const successor = fate.value?.successor;
  if (ended.value) return <Notice kind="good" title={t("veto-done")}><p>{t("veto-done-words")}</p></Notice>;
  return (
    <Notice kind="warn" title={t("home-key-ended")}>
      <p>{successor ? t("home-key-replaced", { label: successor.label, when: moment(successor.since) }) : t("home-key-ended-words")}</p>
      {successor?.veto_until !== undefined && (
        <>
          <p>{t("veto-words", { when: moment(successor.veto_until) })}</p>
          <Trouble words={action.error} />
          <Button kind="danger" busy={action.busy} onPress={() => void veto()}>{t("veto")}</Button>
        </>
      )}
      <Button kind="tonal" onPress={() => go("/activate")}>{t("activate")}</Button>
    </Notice>
  );
}

/** The four starting points. */
function Start(): JSX.Element {
  return (
    <Group title={t("start")} note={t("start-note")}>
      <Row title={t("start-trading")} words={t("start-trading-words")} icon="trade" to="/trade" />
      <Row title={t("start-authentication")} words={t("start-authentication-words")} icon="shield" to="/activate?then=/authentication" />
      <Row title={t("start-both")} words={t("start-both-words")} icon="check" to="/activate?then=/trade" />
      <Row title={t("start-card")} words={t("start-card-words")} icon="card" to="/activate?then=/cards" />
    </Group>
  );
}

function Quick(): JSX.Element {
  return (
    <Group>
      <Row title={t("scan")} icon="scan" to="/scan" />
      <Row title={t("respond")} words={t("respond-short")} icon="keypad" to="/respond" />
      <Row title={t("lock")} words={t("lock-short")} icon="key" to="/lock" />
    </Group>
  );
}

const HINT_CLOSED = "countersign.install-hint";

function InstallHint(): JSX.Element | null {
  const closed = useSignal(localStorage.getItem(HINT_CLOSED) !== null);
  const installed = matchMedia("(display-mode: standalone)").matches;
  const offer = installOffer.value;
  if (closed.value || installed || (look.value === "android" && !offer)) return null;
  const close = (): void => {
    localStorage.setItem(HINT_CLOSED, "closed");
    closed.value = true;
  };
  const install = async (): Promise<void> => {
    await offer?.prompt();
    installOffer.value = undefined;
  };
  return (
    <section class="hint-card">
      <h2>{t("install")}</h2>
      <p>{look.value === "ios" ? t("install-ios") : t("install-android")}</p>
      <div class="hint-actions">
        {look.value === "android" && <Button kind="tonal" icon="install" onPress={() => void install()}>{t("install-now")}</Button>}
        <Button kind="plain" onPress={close}>{t("not-now")}</Button>
      </div>
    </section>
  );
}

/** The demo shows both platforms on one machine. */
function LookSwitch(): JSX.Element {
  const [other, words] = look.value === "ios" ? (["android", t("look-to-android")] as const) : (["ios", t("look-to-ios")] as const);
  return <p class="demo-switch"><button class="link" type="button" onClick={() => chooseLook(other)}>{words}</button></p>;
}
