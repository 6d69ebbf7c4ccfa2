// The help pages as text: fetched once a day, and kept, for they are wanted most where there is no network.

import { answer, request } from "./http";
import { list, text } from "./read";
import type { Storage } from "./storage";
import type { HelpArticle, HelpBlock, HelpGroup, HelpKind } from "./types";

/** How long what was fetched is new enough, in milliseconds. */
const DAY = 86_400_000;
const PATIENCE = 8_000;
const KINDS: readonly HelpKind[] = ["heading", "paragraph", "step", "point"];

/** The pages in a language; without a network those that were kept. */
export async function load(storage: Storage, language: string, now: number): Promise<readonly HelpGroup[]> {
  const kept = await storage.setting("help").catch(() => undefined);
  const mine = kept?.language === language ? kept : undefined;
  if (mine && now - mine.at < DAY && now >= mine.at) return mine.groups;
  try {
    const told = await answer(await request(`/app/help/${language}`, { method: "GET", patience: PATIENCE }));
    const groups = list(told, "groups").map(group);
    await storage.keepSetting("help", { language, at: now, groups }).catch(() => undefined);
    return groups;
  } catch (error) {
    if (mine) return mine.groups;
    throw error;
  }
}

function group(held: unknown): HelpGroup {
  return { title: text(held, "title"), pages: list(held, "pages").map(article) };
}

function article(held: unknown): HelpArticle {
  return { name: text(held, "name"), title: text(held, "title"), about: text(held, "about"), blocks: list(held, "blocks").map(block) };
}

function block(held: unknown): HelpBlock {
  const said = text(held, "kind");
  return { kind: KINDS.find((kind) => kind === said) ?? "paragraph", text: text(held, "text") };
}
