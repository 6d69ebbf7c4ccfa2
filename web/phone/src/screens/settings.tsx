// *More* (iOS form) and *App Settings* (Android form): everything that is not a button at home. In the iOS form the
// other modules come at the very bottom; in the Android form they are in the application menu.

import type { JSX } from "preact";
import { account, accounts, config, look } from "../app/state.js";
import { language, t } from "../app/words.js";
import { Group, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The page. */
export function Settings(): JSX.Element {
  const ios = look.value === "ios";
  return (
    <Screen title={ios ? t("more-tab") : t("app-settings")}>
      <Group title={t("settings-key")}>
        <Row icon="person" title={t("usernames")} words={accounts.value.length === 0 ? t("usernames-none-short") : accounts.value.map(({ username }) => username).join(", ")} to="/usernames" />
        {account.value && <Row icon="list" title={t("activity")} to={`/username/${account.value.device}/activity`} />}
        {account.value && <Row icon="bell" title={t("push")} to={`/username/${account.value.device}/notifications`} />}
        {account.value && <Row icon="key" title={t("lock")} words={t("lock-short")} to="/lock" />}
        <Row icon="check" title={t("check")} words={t("check-short")} to="/check" />
      </Group>
      <Group title={t("settings-tools")}>
        <Row icon="scan" title={t("scan")} to="/scan" />
        <Row icon="money" title={t("respond-money")} to="/respond/money" />
      </Group>
      <Group title={t("settings-app")}>
        <Row icon="globe" title={t("language")} value={language.value === "ru" ? t("language-ru") : t("language-en")} to="/language" />
        {config.value?.demo && <Row icon="phone" title={t("look")} value={ios ? t("look-ios") : t("look-android")} to="/look" />}
        <Row icon="help" title={t("help")} to="/help" />
        <Row icon="call" title={t("desk")} to="/desk" />
        <Row icon="info" title={t("about")} to="/about" />
      </Group>
      {ios && (
        <Group title={t("modules")}>
          <Row icon="trade" title={t("trade")} to="/trade" />
          <Row icon="shield" title={t("authentication")} to="/authentication" />
          <Row icon="card" title={t("debit-card")} to="/cards" />
        </Group>
      )}
    </Screen>
  );
}
