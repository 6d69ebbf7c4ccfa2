// The frame of one screen: the bar with its heading, in the form of the platform.

import type { ComponentChildren, JSX } from "preact";
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { back as goBack, moved } from "../app/router.js";
import { config, look } from "../app/state.js";
import { t } from "../app/words.js";
import { menuOpen } from "../shell/menu.js";
import { Arrived } from "./arrived.js";
import { Badge } from "./badge.js";
import { Icon } from "./icons.js";

interface ScreenProps {
  readonly title: string;
  /** Where *Back* leads when nothing of the app lies behind; absent on the screens of the tab bar and the menu. */
  readonly back?: string;
  /** Answers that stay at the foot, whatever the length of the screen; there is no tab bar then. */
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Whether the screen has a foot of its own in place of the tab bar. */
export const footed = signal(false);

/**
 * A screen. Its heading gets the focus when the app goes there, so that it is read out first; a field that wants the focus
 * comes before it.
 */
export function Screen({ title, back, foot, children }: ScreenProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const product = config.value?.product;
  useLayoutEffect(() => {
    document.title = product && product !== title ? `${title} – ${product}` : title;
  }, [title, product]);
  useLayoutEffect(() => {
    const field = document.querySelector<HTMLElement>("main [autofocus], .foot [autofocus]");
    if (field || moved.peek()) (field ?? heading.current)?.focus({ preventScroll: true });
  }, [title]);
  const hasFoot = foot !== undefined;
  useLayoutEffect(() => {
    footed.value = hasFoot;
    return () => (footed.value = false);
  }, [hasFoot]);
  const head = <h1 id="heading" ref={heading} tabIndex={-1}>{title}</h1>;
  const bar = look.value === "ios" ? <IosBar back={back} head={head} /> : <AndroidBar back={back} head={head} />;
  return (
    <>
      {bar}
      <Arrived />
      <main class="screen">{children}</main>
      {hasFoot && <footer class="bar foot"><div>{foot}</div></footer>}
    </>
  );
}

interface BarProps {
  readonly back: string | undefined;
  readonly head: JSX.Element;
}

function IosBar({ back, head }: BarProps): JSX.Element {
  return (
    <header class="bar">
      {back !== undefined && (
        <button class="bar-back" type="button" onClick={() => goBack(back)}>
          <Icon name="back" />
          {t("back")}
        </button>
      )}
      {head}
    </header>
  );
}

function AndroidBar({ back, head }: BarProps): JSX.Element {
  const button =
    back === undefined ? (
      <button class="bar-button" type="button" aria-label={t("menu-open")} aria-expanded={menuOpen.value} onClick={() => (menuOpen.value = true)}>
        <Icon name="menu" />
        <Badge />
      </button>
    ) : (
      <button class="bar-button" type="button" aria-label={t("back")} onClick={() => goBack(back)}>
        <Icon name="arrow" />
      </button>
    );
  return (
    <header class="bar">
      {button}
      {head}
    </header>
  );
}
