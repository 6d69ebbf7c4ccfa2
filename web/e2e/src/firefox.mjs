// Debian's Firefox, headless: the browser here whose push messages need no vendor's service. Playwright does not drive it;
// puppeteer does, by WebDriver BiDi.

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** No request leaves this machine, and nothing is asked of the vendor. */
const QUIET = {
  "network.dns.forceResolve": "127.0.0.1",
  "network.trr.mode": 5,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "app.update.enabled": false,
  "app.normandy.enabled": false,
  "toolkit.telemetry.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "browser.search.update": false,
};

/** A tap lets the service worker open a window for a second only; this machine may be slow. */
const SLOW = { "dom.webnotifications.disable_open_click_delay": 30_000 };

/**
 * Starts it, with a push service of ours in place of the vendor's. Its user reads `lang` and allows notifications; they
 * are shown by `desktop` (a notification daemon), else by the browser itself.
 */
export function startFirefox(pushService, { desktop, lang = "en" } = {}) {
  if (!existsSync(FIREFOX)) {
    throw new Error(`${FIREFOX} is not there. Install Debian's package firefox-esr, or name a Firefox in FIREFOX.`);
  }
  return puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    env: { ...process.env, ...desktop?.env },
    extraPrefsFirefox: {
      ...QUIET,
      ...SLOW,
      "intl.accept_languages": lang,
      "permissions.default.desktop-notification": 1,
      "alerts.useSystemBackend": desktop !== undefined,
      "dom.push.enabled": true,
      "dom.push.connection.enabled": true,
      "dom.push.serverURL": pushService.address,
      "dom.push.testing.allowInsecureServerURL": true,
    },
  });
}
