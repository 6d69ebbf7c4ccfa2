// Moving to a new phone with this one in hand: approved here, then shown to the new one.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import encodeQR from "qr";
import { useEffect } from "preact/hooks";
import { asOwn, core, refreshAccounts } from "../../app/state.js";
import { replace } from "../../app/router.js";
import { t } from "../../app/words.js";
import type { Account, Invitation } from "../../core/types.js";
import { useAction } from "../../ui/action.js";
import { Actions, Button, Notice, Trouble } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { askPresence } from "../../ui/sheet.js";
import { TimeLeft } from "../../ui/time-left.js";

/** How often this phone asks whether the new one took over, in milliseconds. */
const ASK_AGAIN_MS = 2000;

/** What will happen, the code, and the end. */
export function Move({ account }: { readonly account: Account }): JSX.Element {
  const invitation = useSignal<Invitation | undefined>(undefined);
  const successor = useSignal<string | undefined>(undefined);
  const action = useAction();
  const show = async (): Promise<void> => {
    const presence = await askPresence(account, t("move-show"));
    if (!presence) return;
    await action.run(async () => {
      const pending = asOwn(account.device, await core().move(account));
      await core().decide(account, pending, "approve", { presence });
      invitation.value = (await core().finish(account, pending.id)).invitation;
    });
  };
  if (successor.value !== undefined) return <Moved account={account} label={successor.value} />;
  return (
    <Screen title={t("move")} back={`/username/${account.device}`}>
      {invitation.value ? (
        <Code account={account} invitation={invitation.value} onOver={() => (invitation.value = undefined)} onMoved={(label) => (successor.value = label)} />
      ) : (
        <>
          <p class="lead">{t("move-words", { username: account.username })}</p>
          <ol class="points">
            <li>{t("move-1")}</li>
            <li>{t("move-2")}</li>
            <li>{t("move-3")}</li>
          </ol>
          <Notice><p>{t("move-ends")}</p></Notice>
          <Trouble words={action.error} />
          <Actions><Button icon={account.form === "biometric" ? "finger" : "key"} busy={action.busy} onPress={() => void show()}>{t("move-show")}</Button></Actions>
        </>
      )}
    </Screen>
  );
}

interface CodeProps {
  readonly account: Account;
  readonly invitation: Invitation;
  readonly onOver: () => void;
  readonly onMoved: (label: string) => void;
}

function Code({ account, invitation, onOver, onMoved }: CodeProps): JSX.Element {
  const until = useSignal(Date.now() + invitation.expires_in * 1000);
  useEffect(() => {
    const timer = window.setInterval(() => {
      void core().fate(account).then(({ state, successor }) => {
        if (state !== "active" && successor) onMoved(successor.label);
      }, () => undefined);
    }, ASK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <>
      <p class="lead">{t("move-scan")}</p>
      <Picture text={invitation.link} />
      <p>{t("move-typed")}</p>
      <p class="code" id="session-id">{invitation.id}</p>
      <Notice kind="warn"><p>{t("move-guard")}</p></Notice>
      <TimeLeft until={until.value} onOver={onOver} />
    </>
  );
}

/** A code to be scanned, drawn as runs of each row: some browsers leave hairlines between neighbours. */
function Picture({ text }: { readonly text: string }): JSX.Element {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const runs = rows.flatMap((row, y) => {
    const drawn: string[] = [];
    for (let x = 0; x < row.length; x += 1) {
      const from = x;
      while (row[x]) x += 1;
      if (x > from) drawn.push(`M${from},${y}h${x - from}v1h-${x - from}z`);
    }
    return drawn;
  });
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={t("move-picture")} shape-rendering="crispEdges">
      <rect class="qr-paper" width={rows.length} height={rows.length} />
      <path class="qr-ink" d={runs.join("")} />
    </svg>
  );
}

/** The new phone took over; this one forgets the username. */
function Moved({ account, label }: { readonly account: Account; readonly label: string }): JSX.Element {
  const leave = async (): Promise<void> => {
    await core().remove(account);
    await refreshAccounts();
    replace("/");
  };
  return (
    <Screen title={t("move-done")} back="/">
      <Notice kind="good"><p>{t("move-done-words", { username: account.username, label })}</p></Notice>
      <Actions><Button onPress={() => void leave()}>{t("done")}</Button></Actions>
    </Screen>
  );
}
