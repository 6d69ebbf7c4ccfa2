// Reads a code with the camera, or from a picture: of a login screen, or of the settings page.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { placeOfCode } from "../app/links.js";
import { replace } from "../app/router.js";
import { t } from "../app/words.js";
import { codeIn, codesOf } from "../app/scanner.js";
import { Group, Notice, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The camera. */
export function Scan(): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const trouble = useSignal<string | undefined>(undefined);
  const take = (text: string | undefined): boolean => {
    const place = text === undefined ? undefined : placeOfCode(text);
    if (place !== undefined) replace(place);
    else if (text !== undefined) trouble.value = t("scan-foreign");
    return place !== undefined;
  };
  useEffect(() => {
    const stop = new AbortController();
    const element = video.current;
    if (element) codesOf(element, take, stop.signal).catch(() => (trouble.value = t("scan-no-camera")));
    return () => stop.abort();
  }, []);
  const picture = async (event: Event & { currentTarget: HTMLInputElement }): Promise<void> => {
    const file = event.currentTarget.files?.[0];
    if (!file) return;
    const found = await codeIn(file);
    if (found === undefined) trouble.value = t("scan-nothing");
    else take(found);
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
