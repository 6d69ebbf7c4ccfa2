// The telephone numbers of the secure-login desk, ready to call.

import type { JSX } from "preact";
import { country } from "../app/format.js";
import { config } from "../app/state.js";
import { Row } from "../ui/parts.js";

/** A row for each country. */
export function DeskRows(): JSX.Element {
  return (
    <>
      {(config.value?.desk ?? []).map((one) => (
        <Row key={`${one.country} ${one.phone}`} icon="call" title={country(one.country)} words={one.phone} href={`tel:${one.phone.replace(/[^\d+]/g, "")}`} />
      ))}
    </>
  );
}
