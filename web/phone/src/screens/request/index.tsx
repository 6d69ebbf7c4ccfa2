// One request at its own address: fetched, answered, gone.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Account, Pending } from "../../core/types.js";
import { findRequest, tokenOf } from "../../app/links.js";
import { explain } from "../../app/problems.js";
import { go, replace } from "../../app/router.js";
import { accountOf, core, waiting } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Route } from "../../shell/screens.js";
import { Actions, Button, Notice, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { Outcome, type Ending } from "./outcome.js";
import { Review } from "./review.js";

type Found = { readonly account: Account; readonly pending: Pending };

/** `/request/DEVICE/CONFIRMATION`, or `/request/scanned/CONFIRMATION`. */
export function RequestScreen({ rest: [device = "", id = ""], query }: Route): JSX.Element {
  const found = useSignal<Found | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const ending = useSignal<Ending | undefined>(undefined);
  const fetch = async (): Promise<void> => {
    failed.value = undefined;
    try {
      found.value = await fetched(device, id);
    } catch (error) {
      failed.value = explain(error);
    }
  };
  useEffect(() => {
    found.value = ending.value = undefined;
    void fetch();
  }, [device, id]);
  if (ending.value) return <Outcome ending={ending.value} onDone={() => replace(query.get("then") ?? "/")} />;
  if (failed.value !== undefined) return <Failed words={failed.value} again={() => void fetch()} />;
  if (!found.value) return <Screen title={t("request")} back="/requests"><Waiting /></Screen>;
  const { account, pending } = found.value;
  return <Review key={pending.id} account={account} pending={pending} back="/requests" token={tokenOf(id)} onEnd={(end) => (ending.value = end)} />;
}

async function fetched(device: string, id: string): Promise<Found> {
  if (device === "scanned") return findRequest(id);
  const account = accountOf(device);
  // A notification for a username that has since left this phone.
  if (!account) return findRequest(id);
  const listed = waiting.peek().get(device)?.find((one) => one.id === id);
  return { account, pending: listed ?? (await core().one(account, id)) };
}

function Failed({ words, again }: { readonly words: string; readonly again: () => void }): JSX.Element {
  return (
    <Screen title={t("request-gone")} back="/requests">
      <Notice kind="warn"><p>{words}</p></Notice>
      <p>{t("request-gone-words")}</p>
      <Actions>
        <Button onPress={again}>{t("try-again")}</Button>
        <Button kind="plain" onPress={() => go("/respond")}>{t("respond")}</Button>
      </Actions>
    </Screen>
  );
}
