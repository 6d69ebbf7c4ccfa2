// The foot of a request: the PIN, the two answers, and the third below them.

import type { JSX } from "preact";
import type { Account, Decision } from "../../core/types.js";
import { go } from "../../app/router.js";
import { t } from "../../app/words.js";
import { Button, Field, Form } from "../../ui/parts.js";

/** A PIN as it is typed on this screen. */
export interface TypedPin {
  readonly value: string;
  readonly wrong: string | undefined;
  /** Counts up whenever the PIN is what is to be typed next; 0 while something else is. */
  readonly turn: number;
  type(value: string): void;
}

interface AnswersProps {
  readonly account: Account;
  /** None where no PIN is asked for. */
  readonly pin: TypedPin | undefined;
  readonly busy: boolean;
  readonly own: boolean;
  readonly scanFirst: boolean;
  readonly approved: boolean;
  readonly onApprove: () => void;
  readonly onRefuse: (decision: Exclude<Decision, "approve">) => void;
}

/** The two answers of equal weight, and the third below them. */
export function Answers({ account, pin, busy, own, scanFirst, approved, onApprove, onRefuse }: AnswersProps): JSX.Element {
  return (
    <Form onSubmit={() => !busy && onApprove()}>
      {!own && <p class="guard">{t("request-not-yours")}</p>}
      {pin && (
        <div class="pin-line">
          <Field label={t("pin")} sort="pin" length={6} value={pin.value} onInput={pin.type} error={pin.wrong} about="heading" focus={pin.turn} />
        </div>
      )}
      <div class="answers">
        {!approved && <Button kind="tonal" busy={busy} onPress={() => onRefuse("deny")}>{own ? t("cancel") : t("deny")}</Button>}
        {scanFirst ? (
          <Button icon="scan" onPress={() => go("/scan")}>{t("scan")}</Button>
        ) : (
          <Button icon={account.form === "biometric" ? "finger" : "check"} busy={busy} submit>{approved ? t("try-again") : t("approve")}</Button>
        )}
      </div>
      {!own && <Button kind="plain" busy={busy} onPress={() => onRefuse("report")}>{t("not-me")}</Button>}
    </Form>
  );
}
