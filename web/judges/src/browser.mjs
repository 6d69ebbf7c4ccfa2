// A browser without windows: it keeps cookies, follows redirects while they stay at Countersign, and fills in the
// hosted login as a person with a card does. The pages work without scripts, so nothing more is needed.

import assert from "node:assert/strict";
import { scene } from "./here.mjs";

const MOST_REDIRECTS = 10;
/** A login and a confirmation: password, device, answer, what is asked, device, answer. */
const MOST_STEPS = 6;
const LOGIN_FORM = /<form method="post" action="(\/login[^"]*|\/oauth2\/authorize\/ask)"[^>]*>([\s\S]*?)<\/form>/;

export class Browser {
  #cookies = new Map();

  /** Goes to an address of the issuer and wherever it leads; `{ left }` (an URL elsewhere) or `{ status, text }`. */
  async visit(url, form = undefined) {
    let next = new URL(url);
    let body = form && new URLSearchParams(form);
    for (let count = 0; count < MOST_REDIRECTS; count += 1) {
      if (next.origin !== scene.issuer) return { left: next };
      const answer = await this.#send(next, body);
      const to = answer.headers.get("location");
      if (!to) return { status: answer.status, text: await answer.text(), headers: answer.headers };
      assert.equal(answer.status, 303, "a redirect that turns every method into GET (RFC 9700, 4.12)");
      next = new URL(to, next);
      body = undefined;
    }
    throw new Error(`${url} leads round and round`);
  }

  /** As `visit`, logging in and confirming where that is asked for; where it leads out of Countersign. */
  async signIn(url, person) {
    let shown = await this.visit(url);
    for (let steps = 0; !shown.left; steps += 1) {
      const form = LOGIN_FORM.exec(shown.text);
      assert(form && steps < MOST_STEPS, `no step of a login (status ${shown.status}):\n${words(shown.text)}`);
      const fields = { ...hidden(form[2]), ...(await filled(form[1], shown.text, person)) };
      shown = await this.visit(new URL(form[1], scene.issuer), fields);
    }
    return shown.left;
  }

  /** Refuses on the page that is shown, by the button that is there for it. */
  async cancel({ text }) {
    const form = CANCEL_FORM.exec(text);
    assert(form, `there is no way to cancel:\n${words(text)}`);
    return this.visit(new URL(form[1], scene.issuer), hidden(form[2]));
  }

  async #send(url, body) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, ...(body ? { origin: scene.issuer } : {}) };
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  #keep(line) {
    const [pair, ...attributes] = line.split("; ");
    assert.match(pair, /^__Host-[\w-]+=/, "how cookies are named");
    for (const attribute of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]) {
      assert.ok(attributes.includes(attribute), `${line} lacks ${attribute}`);
    }
    const at = pair.indexOf("=");
    if (/; Max-Age=0/.test(line)) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** The form that leads back without logging in. */
const CANCEL_FORM = /<form method="post" action="(\/login\/cancel)"[^>]*>([\s\S]*?)<\/form>/;

/** What the person puts into a form of the login. */
async function filled(action, page, person) {
  switch (action) {
    case "/login":
      return { username: person.username, password: person.password };
    case "/oauth2/authorize/ask":
      return {};
    case "/login/device":
      return { device: option(page, person.cardLabel) };
    case "/login/answer":
      return { response: await person.respond(challenge(page)) };
    default:
      throw new Error(`${action} is no step of a login with a card`);
  }
}

function hidden(html) {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, value]));
}

function option(page, label) {
  const options = [...page.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)<\/option>/g)];
  const found = options.find(([, , text]) => text.trim().startsWith(label));
  assert(found, `${label} is not to be chosen among ${options.map(([, , text]) => text)}`);
  return found[1];
}

function challenge(page) {
  const output = /<output class="digits" id="challenge">(.*?)<\/output>/s.exec(page);
  assert(output, `there is no challenge:\n${words(page)}`);
  return output[1].replace(/\D/g, "");
}

function words(html) {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
}
