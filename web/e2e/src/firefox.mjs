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

/** Starts it, with a push service of ours in place of the vendor's. Its user allows notifications. */
export function startFirefox(pushService) {
  if (!existsSync(FIREFOX)) {
    throw new Error(`${FIREFOX} is not there. Install Debian's package firefox-esr, or name a Firefox in FIREFOX.`);
  }
  return puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: {
      ...QUIET,
      "permissions.default.desktop-notification": 1,
      "alerts.useSystemBackend": false,
      "dom.push.enabled": true,
      "dom.push.connection.enabled": true,
      "dom.push.serverURL": pushService.address,
      "dom.push.testing.allowInsecureServerURL": true,
    },
  });
}
