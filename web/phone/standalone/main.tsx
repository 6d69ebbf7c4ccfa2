// The standalone authenticator: it answers challenges and does nothing else. The phone app replaces it.

import { render } from "preact";
import { show, wantedLanguage } from "../src/app/words.js";
import "../src/styles/app.css";
import { Authenticator } from "./app.js";
import { listen } from "./hand-over.js";

document.documentElement.dataset["look"] = "android";
if (location.hash === "#hand-over" && window.parent !== window) {
  // In the phone app's frame nothing is shown.
  listen();
} else {
  await show(wantedLanguage());
  const root = document.querySelector("#app");
  if (root) render(<Authenticator />, root);
}
