import { openPage, startBrowser } from "./browser.mjs";
import { startDemo } from "./demo.mjs";
import { openApp } from "./app.mjs";
import { Person } from "./person.mjs";
const browser = await startBrowser();
const demo = await startDemo();
try {
  for (const lang of ["en", "ru"]) for (const colorScheme of ["light", "dark"]) {
    if ((lang === "ru") !== (colorScheme === "dark") && process.argv[2] !== "all") continue;
    const page = await openPage(browser, { lang, viewport: { width: 900, height: 700 }, colorScheme });
    const shot = async (name) => page.screenshot({ path: `/tmp/shots/${lang}-${colorScheme}-${name}.png`, fullPage: true });
    for (const [name, at] of [["home", "/"], ["demo", "/demo/"], ["help", "/help/mobile-app"], ["error", "/nothing"]]) {
      await page.goto(demo.url + at); await shot(name);
    }
    const alice = new Person(page, demo, "alice", lang);
    await alice.logIn(); await shot("settings");
    await page.setViewportSize({ width: 390, height: 844 }); await page.goto(demo.url + "/nothing"); await shot("error-narrow");
    await page.context().close();
    const app = await openApp(demo, { lang, look: lang === "ru" ? "ios" : "android", colorScheme });
    const snap = (name) => app.page.screenshot({ path: `/tmp/shots/${lang}-${colorScheme}-app-${name}.png` });
    await app.beginByPassword("boris"); await app.reads(app.words.typeCode); await snap("code");
    await app.load("activate=AbC"); await app.says(app.words.followed); await snap("followed");
    await app.press(app.words.activatePhone); await app.page.getByRole("dialog").waitFor(); await snap("replace");
    await app.press(app.words.goOn, app.page.getByRole("dialog"));
    await app.giveCode("AAAA-2222"); await app.page.locator("input[autocomplete=new-password]").or(app.page.getByRole("button", { name: app.words.pinInstead })).first().waitFor(); await snap("pin");
    await app.page.evaluate(() => (document.documentElement.style.fontSize = "200%")); await app.page.setViewportSize({width:390,height:844}); await snap("pin-large");
    await app.go("/"); await app.page.waitForTimeout(300); await snap("home-large");
    await app.page.context().close();
  }
} finally { await demo.stop(); await browser.close(); }
