// One username on this phone, and what can be done with it.

import type { JSX } from "preact";
import { moment } from "../../app/format.js";
import { accountOf } from "../../app/state.js";
import { t } from "../../app/words.js";
import type { Account } from "../../core/types.js";
import type { Route } from "../../shell/screens.js";
import { Group, Row } from "../../ui/parts.js";
import { Screen } from "../../ui/screen.js";
import { Usernames } from "../usernames.js";
import { Activity } from "./activity.js";
import { ChangePin } from "./change-pin.js";
import { Move } from "./move.js";
import { Push } from "./push.js";
import { Remove } from "./remove.js";
import { Rename } from "./rename.js";

/** `/username/DEVICE` and what belongs to it. */
export function Username({ rest: [device, page] }: Route): JSX.Element {
  const account = accountOf(device);
  if (!account) return <Usernames />;
  switch (page) {
    case "activity":
      return <Activity account={account} />;
    case "move":
      return <Move account={account} />;
    case "name":
      return <Rename account={account} />;
    case "notifications":
      return <Push account={account} />;
    case "pin":
      return <ChangePin account={account} />;
    case "remove":
      return <Remove account={account} />;
    default:
      return <Overview account={account} />;
  }
}

function Overview({ account }: { readonly account: Account }): JSX.Element {
  const at = `/username/${account.device}`;
  return (
    <Screen title={account.username} back="/usernames">
      <Group>
        <Row title={t("label")} words={account.label} icon="pencil" to={`${at}/name`} />
        <Row title={t("username-form")} words={account.form === "pin" ? t("form-pin") : t("form-biometric")} icon={account.form === "pin" ? "keypad" : "finger"} />
        <Row title={t("username-active-since")} words={moment(account.activatedAt)} icon="clock" />
      </Group>
      <Group>
        {account.form === "pin" && <Row title={t("pin-change")} icon="key" to={`${at}/pin`} />}
        <Row title={t("move")} words={t("move-short")} icon="phone" to={`${at}/move`} />
        <Row title={t("activity")} icon="list" to={`${at}/activity`} />
        <Row title={t("push")} icon="bell" to={`${at}/notifications`} />
        <Row title={t("check")} icon="check" to={`/check/${account.device}`} />
      </Group>
      <Group>
        <Row title={t("remove")} icon="trash" danger to={`${at}/remove`} />
      </Group>
    </Screen>
  );
}
