// Where the app begins.

import { render } from "preact";
import { placeOf } from "./app/links.js";
import { startInstalled } from "./app/installed.js";
import { startRouter } from "./app/router.js";
import { core, load, wantedLook, wear } from "./app/state.js";
import { startWatching } from "./app/watch.js";
import { language, speak, wantedLanguage } from "./app/words.js";
import { createCore } from "./core/index.js";
import { App } from "./shell/app.js";
import "./styles/app.css";

startInstalled();
wear(wantedLook());
await Promise.all([speak(wantedLanguage()), load(createCore())]);
startRouter((link) => placeOf(link, "followed"));
const root = document.querySelector("#app");
if (root) render(<App />, root);
startWatching();
// Kept before it is wanted. The first screen needs the network more.
setTimeout(() => void core().help(language.value).catch(() => undefined), 5_000);
