// Debit cards: the list, and one card.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Account, Card } from "../../core/types.js";
import { PhoneError } from "../../core/types.js";
import { money } from "../../app/format.js";
import { explain } from "../../app/problems.js";
import { go, replace } from "../../app/router.js";
import { account, accounts, config, core, useAccount } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Route } from "../../shell/screens.js";
import { Actions, Button, Empty, Notice, Select, Waiting } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { OneCard } from "./card.js";
import { Face } from "./face.js";

/** `/cards` and `/cards/CARD`. */
export function Cards({ rest: [id] }: Route): JSX.Element {
  const one = account.value;
  useEffect(() => {
    if (!one) replace("/activate?then=/cards");
  }, [one?.device]);
  if (config.value?.cards === false) return <NoCards />;
  if (!one) return <Screen title={t("debit-card")} back="/"><Waiting /></Screen>;
  return <Fetched key={one.device} account={one} id={id} />;
}

function NoCards(): JSX.Element {
  return <Screen title={t("debit-card")} back="/"><Empty icon="card" title={t("cards-not-here")} words={t("cards-not-here-words")} /></Screen>;
}

function Fetched({ account: one, id }: { readonly account: Account; readonly id: string | undefined }): JSX.Element {
  const cards = useSignal<readonly Card[] | undefined>(undefined);
  const failed = useSignal<unknown>(undefined);
  const fetch = async (): Promise<void> => {
    failed.value = undefined;
    try {
      cards.value = await core().cards(one);
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => void fetch(), []);
  if (failed.value instanceof PhoneError && failed.value.slug === "no-cards") return <NoCards />;
  const card = id === undefined ? undefined : cards.value?.find((found) => found.id === id);
  if (card) return <OneCard account={one} card={card} onChanged={fetch} />;
  return (
    <Screen title={t("debit-card")} back="/">
      <Whose />
      {failed.value !== undefined && (
        <>
          <Notice kind="bad"><p>{explain(failed.value)}</p></Notice>
          <Actions><Button onPress={() => void fetch()}>{t("try-again")}</Button></Actions>
        </>
      )}
      {cards.value === undefined ? failed.value === undefined && <Waiting /> : <List cards={cards.value} />}
    </Screen>
  );
}

/** Cards belong to a username. */
function Whose(): JSX.Element | null {
  if (accounts.value.length < 2) return null;
  const options = accounts.value.map(({ device, username }) => ({ value: device, words: username }));
  return <Select label={t("login-username")} value={account.value?.device ?? ""} options={options} onChoose={useAccount} />;
}

function List({ cards }: { readonly cards: readonly Card[] }): JSX.Element {
  if (cards.length === 0) return <Empty icon="card" title={t("cards-none")} words={t("cards-none-words")} />;
  return (
    <ul class="cards">
      {cards.map((card) => (
        <li key={card.id}>
          <button class="card-button" type="button" onClick={() => go(`/cards/${card.id}`)}>
            <Face card={card} />
            <span class="card-below">
              <span>{t("card-available")}</span>
              <strong>{money(card.available, card.currency)}</strong>
            </span>
            {card.declined.length > 0 && <span class="card-news">{t("card-declined-count", { n: card.declined.length })}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
