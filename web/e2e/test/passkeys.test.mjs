// Passkeys in a browser with an authenticator that Chromium simulates: added, used at login without a username and as the
// second factor, used for a withdrawal, and removed.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { ownBrowser } from "../src/browser.mjs";
import { respond } from "../src/card.mjs";
import { authenticator } from "../src/core.mjs";
import { customers } from "../src/customer.mjs";
import { inspect } from "../src/inspect.mjs";

const WORDS = {
  en: {
    add: "Add a passkey",
    name: "Name of the passkey",
    make: "Make a passkey",
    ready: "The passkey is ready",
    confirmed: "Confirmed",
    use: "Use a passkey",
    sign: "Use the passkey",
    confirm: "Confirm with the passkey",
    logout: "Log out",
    manage: "Lost, name, default Blue key",
    remove: "Remove the passkey",
    removed: "The passkey is removed.",
    refused: "This passkey was not accepted",
    failed: "That did not work",
    known: "This passkey is there already",
    limited: "cannot confirm this amount",
    script: "A passkey needs JavaScript",
  },
  ru: {
    add: "Добавить ключ доступа",
    name: "Название ключа доступа",
    make: "Создать ключ доступа",
    ready: "Ключ доступа готов",
    confirmed: "Подтверждено",
    use: "Войти с ключом доступа",
    sign: "Использовать ключ доступа",
    confirm: "Подтвердить ключом доступа",
    logout: "Выйти",
    manage: "Утеря, название, выбор Blue key",
    remove: "Удалить ключ доступа",
    removed: "Ключ доступа удалён.",
    refused: "Ключ доступа не принят",
    failed: "Не получилось",
    known: "Этот ключ доступа уже добавлен",
    limited: "нельзя подтвердить эту сумму",
    script: "Для ключа доступа в этом браузере нужен JavaScript",
  },
};

const RENT = { amount: "1250.50", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 42", reference: "rent" };
/** More than a passkey that may be copied may confirm, and not more than one that stays. */
const CAR = { amount: "60000", name: "Bob & Co", account: "DE89 3704 0044 0532 0130 42", reference: "car" };
const BLUE = { class: "passkey", label: "Blue key" };
const SECURITY_KEY = { hasPrf: false, transport: "usb" };

const browser = ownBrowser();

for (const lang of ["en", "ru"]) {
  describe(`passkeys, ${lang}`, () => {
    const { scene, demo } = customers(browser, { lang, js: true });
    const words = WORDS[lang];

    /** Makes a passkey in the settings, and has the DSC+ vouch for it. */
    const add = async (carol) => {
      await carol.page.goto(`${demo().url}/settings`);
      await carol.follow(words.add);
      await carol.reads(words.add);
      await inspect(carol.page, lang);
      await carol.field(words.name).fill(BLUE.label);
      await carol.press(words.make);
      const card = carol.device();
      await carol.choose(card);
      assert.ok((await carol.page.locator("main").textContent()).includes(BLUE.label));
      const shown = await carol.field(carol.words.challenge).textContent();
      assert.match(shown, /^[67]\d{5}$/, "a change of devices");
      await carol.confirms(await respond(card, shown));
      await carol.reads(words.confirmed);
      assert.ok((await carol.page.locator("main").textContent()).includes(words.ready));
    };

    const logOut = async (carol) => {
      await carol.page.goto(`${demo().url}/settings`);
      await carol.press(words.logout);
      await carol.at("/login", demo().url);
    };

    /** At the login page, with no username. */
    const usePasskey = async (carol) => {
      await carol.page.goto(`${demo().url}/login`);
      await carol.follow(words.use);
      await carol.reads(words.use);
      await carol.press(words.sign);
    };

    scene("added, used at login with and without a username, for a withdrawal, and removed", "carol", async (carol) => {
      const key = await authenticator(carol.page, SECURITY_KEY);
      await carol.entersPortal();
      await add(carol);
      const [credential] = await key.credentials();
      assert.ok(credential.isResidentCredential, "it is found without a username");
      assert.notEqual(Buffer.from(credential.userHandle, "base64").toString(), carol.user.username);

      // The same authenticator makes no second one.
      await carol.page.goto(`${demo().url}/settings/passkeys`);
      await carol.press(words.make);
      await carol.page.getByText(words.known).waitFor();
      assert.equal((await key.credentials()).length, 1);

      await carol.open("/portal/");
      const before = await carol.cash();
      await carol.asksFor(CAR);
      await carol.choose(BLUE);
      const main = await carol.page.locator("main").textContent();
      for (const shown of [CAR.name, CAR.account, CAR.reference]) assert.ok(main.includes(shown), shown);
      await inspect(carol.page, lang);
      await carol.press(words.confirm);
      await carol.stands("booked");
      await carol.open("/portal/");
      assert.equal(await carol.cash(), before - 6_000_000);

      await logOut(carol);
      await usePasskey(carol);
      await carol.isSignedIn();
      await logOut(carol);
      await carol.givePassword();
      await carol.choose(BLUE);
      await inspect(carol.page, lang);
      await carol.press(words.sign);
      await carol.isSignedIn();

      // What was opened with it ends with it, so who removes it is there by another device.
      await logOut(carol);
      await carol.logIn();
      await carol.page.getByRole("link", { name: words.manage }).click();
      await inspect(carol.page, lang);
      await carol.press(words.remove);
      await carol.page.getByText(words.removed).waitFor();
      await usePasskey(carol);
      await carol.at("/login", demo().url);
      assert.ok((await carol.alert()).includes(words.refused));
    });

    scene("one that may be copied confirms less; one that is not verified says so", "alice", async (alice) => {
      const key = await authenticator(alice.page, { hasPrf: false, defaultBackupEligibility: true, defaultBackupState: true });
      await alice.entersPortal();
      await add(alice);
      await alice.asksFor(CAR);
      assert.ok((await alice.page.locator("main").textContent()).includes(words.limited));
      // Refused, it takes no room any more.
      await alice.page.locator("form[action='/login/decline'] button").click();
      await alice.page.waitForURL(`${demo().brokerage}/**`);
      await alice.asksFor(RENT);
      await alice.choose(BLUE);
      await alice.press(words.confirm);
      await alice.stands("booked");
      await logOut(alice);
      await key.refuse();
      await usePasskey(alice);
      await alice.page.getByText(words.failed).waitFor();
      await inspect(alice.page, lang);
    });
  });
}

describe("passkeys without JavaScript", () => {
  const { scene, demo } = customers(browser, { lang: "en", js: false });
  scene("their page says that it needs it", "carol", async (carol) => {
    await carol.page.goto(`${demo().url}/login/passkey`);
    assert.ok((await carol.page.locator("main").textContent()).includes(WORDS.en.script));
  });
});
