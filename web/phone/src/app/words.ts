// The words of the app, a catalogue for each language, fetched when that language is first wanted.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { signal } from "@preact/signals";
import { nameManifest, teach } from "../core/worker.js";

/** The languages there are, by BCP 47 tag. */
export const LANGUAGES = ["en", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

const CATALOGUES: Record<Language, () => Promise<{ default: string }>> = {
  en: () => import("../../../../i18n/app.en.ftl?raw"),
  ru: () => import("../../../../i18n/app.ru.ftl?raw"),
};

const STORED = "countersign.language";

/** The language on the screen. */
export const language = signal<Language>("en");

const bundle = signal<FluentBundle | undefined>(undefined);

/** The language asked for: chosen before, else the first of the browser's that there is. */
export function wantedLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  const wishes = stored === null ? navigator.languages : [stored];
  const known = wishes.map((tag) => LANGUAGES.find((there) => tag.toLowerCase().startsWith(there)));
  return known.find((tag) => tag !== undefined) ?? "en";
}

/** Puts `wanted` on the screen, and tells the worker and the system about it. */
export async function speak(wanted: Language): Promise<void> {
  await show(wanted);
  nameManifest(wanted);
  // A phone that stores nothing still shows the app; its notifications then have the words kept before.
  void teach(notificationWords()).catch(() => undefined);
}

/** Puts `wanted` on the screen. */
export async function show(wanted: Language): Promise<void> {
  const text = (await CATALOGUES[wanted]()).default;
  const next = new FluentBundle(wanted, { useIsolating: false });
  next.addResource(new FluentResource(text));
  bundle.value = next;
  language.value = wanted;
  document.documentElement.lang = wanted;
}

/** What the service worker says: it cannot fetch a catalogue while it wakes up. */
function notificationWords(): Parameters<typeof teach>[0] {
  return {
    lang: language.value,
    request: { title: t("notification-request-title"), body: t("notification-request-body") },
    test: { title: t("notification-test-title"), body: t("notification-test-body") },
    open: t("notification-open"),
  };
}

/** As `speak`, and remembered for the next time. */
export async function chooseLanguage(wanted: Language): Promise<void> {
  await speak(wanted);
  localStorage.setItem(STORED, wanted);
}

/** The words of a message. */
export function t(key: string, args?: Record<string, FluentVariable>): string {
  const words = bundle.value;
  const message = words?.getMessage(key);
  if (!words || !message?.value) return key;
  return words.formatPattern(message.value, args ?? null);
}
