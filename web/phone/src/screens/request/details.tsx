// What a request is about: what is decided on large, where it came from in one line, the rest folded.

import type { JSX } from "preact";
import type { Account, Pending } from "../../core/types.js";
import { type Detail, circumstances, message, origin, particulars, parts } from "../../app/operation.js";
import { accounts } from "../../app/state.js";
import { t } from "../../app/words.js";

interface AskedProps {
  readonly account: Account;
  readonly pending: Pending;
}

/** What is decided on. A question stands in the heading: where it came from is then the first line below it. */
export function Facts({ account, pending: { operation } }: AskedProps): JSX.Element {
  const what = particulars(operation);
  const place = origin(operation, Date.now() / 1000);
  const whose = accounts.value.length > 1 ? [{ label: t("detail-username"), value: account.username }] : [];
  const from = what.length > 0 ? [{ label: t("detail-where"), value: place }] : [];
  const rows = [...what, ...message(operation), ...whose, ...from];
  return (
    <>
      {what.length === 0 && <p class="origin">{place}</p>}
      {rows.length > 0 && <List rows={rows} />}
    </>
  );
}

/** What can be looked up. */
export function Folded({ pending: { operation } }: { readonly pending: Pending }): JSX.Element {
  return (
    <>
      {parts(operation).map(({ title, rows }) => (
        <details key={title} class="folded">
          <summary>{title}</summary>
          <List rows={rows} />
        </details>
      ))}
      <details class="folded">
        <summary>{t("request-details")}</summary>
        <List rows={circumstances(operation)} />
      </details>
    </>
  );
}

function List({ rows }: { readonly rows: readonly Detail[] }): JSX.Element {
  return (
    <dl class="details">
      {rows.map(({ label, value, large }) => (
        <div key={label} class={large ? "detail large" : "detail"}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
