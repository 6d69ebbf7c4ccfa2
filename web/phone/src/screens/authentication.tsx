// Authentication: this phone as a key. Without one, the way to get one.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { moment } from "../app/format.js";
import { replace } from "../app/router.js";
import { accounts, waitingCount } from "../app/state.js";
import { t } from "../app/words.js";
import { Actions, Button, Group, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";
import { go } from "../app/router.js";

/** The module's own screen. */
export function Authentication(): JSX.Element {
  const none = accounts.value.length === 0;
  useEffect(() => {
    if (none) replace("/activate?then=/authentication");
  }, [none]);
  const n = waitingCount.value;
  return (
    <Screen title={t("authentication")} back="/">
      <Group>
        <Row icon="bell" title={t("requests")} words={n === 0 ? t("requests-none") : t("requests-waiting", { n })} to="/requests" />
        <Row icon="scan" title={t("scan")} words={t("scan-short")} to="/scan" />
        <Row icon="keypad" title={t("respond")} words={t("respond-short")} to="/respond" />
        <Row icon="money" title={t("respond-money")} words={t("respond-money-short")} to="/respond/money" />
      </Group>
      <Group title={t("usernames")}>
        {accounts.value.map((one) => (
          <Row key={one.device} icon="person" title={one.username} words={t("username-since", { when: moment(one.activatedAt) })} to={`/username/${one.device}`} />
        ))}
      </Group>
      <Actions><Button kind="tonal" icon="plus" onPress={() => go("/activate?then=/authentication")}>{t("usernames-add")}</Button></Actions>
    </Screen>
  );
}
