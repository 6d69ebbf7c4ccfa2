// What a request is about: what is decided on large, where it came from in one line, the rest folded.

import type { JSX } from "preact";
import type { Account, Pending } from "../../core/types.js";
import { type Detail, circumstances, message, origin, particulars, parts } from "../../app/operation.js";
import { accounts } from "../../app/state.js";
import { t } from "../../app/words.js";

/** Everything that is asked. */
export function Details({ account, pending: { operation } }: { readonly account: Account; readonly pending: Pending }): JSX.Element {
  const whose = accounts.value.length > 1 ? [{ label: t("detail-username"), value: account.username }] : [];
  const from = { label: t("detail-where"), value: origin(operation, Date.now() / 1000) };
  return (
    <>
      <List rows={[...particulars(operation), ...message(operation), ...whose, from]} />
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
