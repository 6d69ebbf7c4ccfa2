// The Android form's application menu; its bottom section is *App Settings*, with the other modules and the settings.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { place } from "../app/router.js";
import { account, config } from "../app/state.js";
import { t } from "../app/words.js";
import { Badge } from "../ui/badge.js";
import { Icon, Logo, type IconName } from "../ui/icons.js";
import { menuOpen } from "./menu.js";

/** The menu, while it is open. */
export function Drawer(): JSX.Element | null {
  return menuOpen.value ? <Open /> : null;
}

function Open(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => {
    menuOpen.value = false;
  };
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const press = (event: MouseEvent): void => {
    // Beside the menu, or on a line of it.
    if (event.target === dialog.current || (event.target as Element).closest("a")) close();
  };
  const cancel = (event: Event): void => {
    event.preventDefault();
    close();
  };
  return (
    <dialog class="drawer" ref={dialog} aria-label={t("menu")} onCancel={cancel} onClick={press}>
      <div class="drawer-inside">
        <div class="drawer-head">
          <Logo />
          <div>
            <p class="drawer-product">{config.value?.product}</p>
            <p class="quiet">{account.value?.username ?? t("usernames-none-short")}</p>
          </div>
          <button class="bar-button" type="button" aria-label={t("menu-close")} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <nav aria-label={t("menu")}>
          <Line to="/" icon="home" words={t("home-tab")} />
          <Line to="/requests" icon="bell" words={t("requests")} badge />
          <Line to="/respond" icon="keypad" words={t("respond")} />
          <Line to="/respond/money" icon="money" words={t("respond-money")} />
          <Line to="/scan" icon="scan" words={t("scan")} />
          <section class="drawer-settings" aria-labelledby="drawer-settings">
            <h2 id="drawer-settings">{t("app-settings")}</h2>
            <Line to="/trade" icon="trade" words={t("trade")} />
            <Line to="/authentication" icon="shield" words={t("authentication")} />
            <Line to="/cards" icon="card" words={t("debit-card")} />
            <Line to="/usernames" icon="person" words={t("usernames")} />
            <Line to="/check" icon="check" words={t("check")} />
            <Line to="/settings" icon="gear" words={t("settings-all")} />
          </section>
        </nav>
      </div>
    </dialog>
  );
}

interface LineProps {
  readonly to: string;
  readonly icon: IconName;
  readonly words: string;
  readonly badge?: boolean;
}

function Line({ to, icon, words, badge }: LineProps): JSX.Element {
  const here = `/${place.value.path.join("/")}`;
  return (
    <a class="drawer-line" href={`#${to}`} aria-current={here === to ? "page" : undefined}>
      <Icon name={icon} />
      <span>{words}</span>
      {badge && <Badge />}
    </a>
  );
}
