// Whether somebody of ours is on the line with the user now: the name, and the words that they must say first.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { calling, online, trouble } from "../app/state.js";
import { t } from "../app/words.js";
import { Notice } from "../ui/parts.js";

/** A line about it; nothing where this phone stands for nobody. */
export function Calling(): JSX.Element | null {
  const now = useSignal(Date.now());
  const open = [...calling.value.values()].filter((one) => one !== undefined && one.expiresAt > now.value);
  const next = Math.min(...open.map((one) => one?.expiresAt ?? 0));
  useEffect(() => {
    // What was opened since is open, and what is over is not.
    now.value = Date.now();
    if (!Number.isFinite(next)) return undefined;
    const timer = window.setTimeout(() => (now.value = Date.now()), Math.max(0, next - Date.now()) + 50);
    return () => window.clearTimeout(timer);
  }, [calling.value, next]);
  if (calling.value.size === 0) return null;
  const [one] = open;
  if (one) {
    return (
      <Notice kind="warn" title={t("calling-now", { name: one.name })}>
        <p>{t("calling-now-words", { words: one.words })}</p>
      </Notice>
    );
  }
  if (!online.value || trouble.value) return <Notice kind="info"><p>{t("calling-unknown")}</p></Notice>;
  return <Notice kind="info" title={t("calling-nobody")}><p>{t("calling-nobody-words")}</p></Notice>;
}
