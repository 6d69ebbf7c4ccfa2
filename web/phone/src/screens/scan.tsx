// Reads a code with the camera, or from a picture: of a login screen, or of the settings page.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { placeOf } from "../app/links.js";
import { replace } from "../app/router.js";
import { t } from "../app/words.js";
import type { Link } from "../core/link.js";
import { scanCamera, scanPicture } from "../core/scan.js";
import type { Route } from "../shell/screens.js";
import { Group, Notice, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The camera. */
export function Scan({ query }: Route): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const trouble = useSignal<string | undefined>(undefined);
  const take = (link: Link | undefined): void => {
    const place = link && placeOf(link, "scanned");
    const then = link?.kind === "activate" ? query.get("then") : null;
    if (place !== undefined) replace(then === null ? place : `${place}?then=${encodeURIComponent(then)}`);
    else trouble.value = link ? t("scan-foreign") : t("scan-nothing");
  };
  useEffect(() => {
    const stop = new AbortController();
    if (video.current) void look(video.current, stop.signal, take, (words) => (trouble.value = words));
    return () => stop.abort();
  }, []);
  const picture = async (event: Event & { currentTarget: HTMLInputElement }): Promise<void> => {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (!file) return;
    take(await scanPicture(file, location.origin).catch(() => undefined));
    // The same picture may be chosen once more.
    input.value = "";
  };
  return (
    <Screen title={t("scan")} back="/">
      <p>{t("scan-words")}</p>
      <div class="viewfinder">
        <video ref={video} muted playsInline aria-label={t("scan-view")} />
      </div>
      {trouble.value !== undefined && <Notice kind="bad"><p>{trouble.value}</p></Notice>}
      <div class="picture">
        <label class="button tonal">
          <span>{t("scan-picture")}</span>
          <input class="hidden" type="file" accept="image/*" onChange={(event) => void picture(event)} />
        </label>
      </div>
      <Group note={t("scan-guard")}>
        <Row icon="keypad" title={t("scan-instead-session")} to="/activate/session" />
        <Row icon="keypad" title={t("scan-instead-challenge")} to="/respond" />
      </Group>
    </Screen>
  );
}

/** Reads codes until one of ours comes. */
async function look(video: HTMLVideoElement, signal: AbortSignal, take: (link: Link) => void, say: (words: string) => void): Promise<void> {
  try {
    take(await scanCamera(video, { issuer: location.origin, signal, strange: () => say(t("scan-foreign")) }));
  } catch {
    if (!signal.aborted) say(t("scan-no-camera"));
  }
}
