// The whole of the app: the platform's frame, the screen in it, what slides over it.

import type { JSX } from "preact";
import { look, news, online, trouble, update } from "../app/state.js";
import { t } from "../app/words.js";
import { Icon } from "../ui/icons.js";
import { footed } from "../ui/screen.js";
import { Sheets } from "../ui/sheet.js";
import { Drawer } from "./drawer.js";
import { Current } from "./screens.js";
import { TabBar } from "./tab-bar.js";

/** The app. */
export function App(): JSX.Element {
  return (
    <>
      <Banners />
      <Current />
      {look.value === "ios" ? !footed.value && <TabBar /> : <Drawer />}
      <Sheets />
      <p class="hidden" aria-live="polite">{news.value}</p>
    </>
  );
}

function Banners(): JSX.Element {
  const renew = update.value;
  const silent = !online.value || trouble.value?.slug === "offline";
  return (
    <div class="banners">
      <div role="status">
        {silent && <p class="banner"><Icon name="offline" /><span>{t("banner-offline")}</span></p>}
      </div>
      {renew && (
        <p class="banner">
          <span>{t("banner-update")}</span>
          <button class="banner-button" type="button" onClick={renew}>{t("banner-update-now")}</button>
        </p>
      )}
    </div>
  );
}
