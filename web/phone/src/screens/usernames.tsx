// The usernames on this phone.

import type { JSX } from "preact";
import { moment } from "../app/format.js";
import { go } from "../app/router.js";
import { accounts } from "../app/state.js";
import { t } from "../app/words.js";
import { Actions, Button, Empty, Group, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The list. */
export function Usernames(): JSX.Element {
  const list = accounts.value;
  return (
    <Screen title={t("usernames")} back="/settings">
      {list.length === 0 ? (
        <Empty icon="person" title={t("usernames-none")} words={t("usernames-none-words")} />
      ) : (
        <Group note={t("usernames-note")}>
          {list.map((one) => (
            <Row key={one.device} icon="person" title={one.username} words={`${one.label} · ${t("username-since", { when: moment(one.activatedAt) })}`} to={`/username/${one.device}`} />
          ))}
        </Group>
      )}
      <Actions><Button icon="plus" onPress={() => go("/activate?then=/usernames")}>{list.length === 0 ? t("activate") : t("usernames-add")}</Button></Actions>
    </Screen>
  );
}
