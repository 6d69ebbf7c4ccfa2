// What screens are built of.

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { go } from "../app/router.js";
import { t } from "../app/words.js";
import { Icon, type IconName } from "./icons.js";

type Kind = "filled" | "tonal" | "plain" | "danger";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: Kind;
  readonly icon?: IconName | undefined;
  readonly busy?: boolean;
  readonly submit?: boolean;
  readonly onPress?: () => void;
}

/** A button. While it is busy it stays in reach, and does nothing. */
export function Button({ children, kind = "filled", icon, busy = false, submit = false, onPress }: ButtonProps): JSX.Element {
  const press = (event: Event): void => {
    if (busy) event.preventDefault();
    else onPress?.();
  };
  return (
    <button class={`button ${kind}`} type={submit ? "submit" : "button"} aria-disabled={busy ? "true" : undefined} onClick={press}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** Buttons below each other. */
export function Actions({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="actions">{children}</div>;
}

/** A form that this page handles itself. */
export function Form({ children, onSubmit }: { readonly children: ComponentChildren; readonly onSubmit: () => void }): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form noValidate onSubmit={submit}>
      {children}
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** `digits`: a keypad and large letters; `secret`: not shown; `pin`: both; `code`: large letters; `amount`: a keypad with marks. */
  readonly sort?: "text" | "digits" | "secret" | "pin" | "code" | "username" | "amount";
  /** Reads the field in another way than as it stands, and may change what it shows. */
  readonly read?: (input: HTMLInputElement) => string;
  /** What belongs between the field and its hint. */
  readonly children?: ComponentChildren;
  readonly length?: number;
  readonly autocomplete?: string;
  /** The id of what it is about, read out with it. */
  readonly about?: string;
  /** Begins with the focus; counted up, gets it again. */
  readonly focus?: boolean | number;
}

/** A field with its label, a hint, and what is wrong with it. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, onInput, hint, error, sort = "text", length, autocomplete = "off", focus, read } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  const digits = sort === "digits" || sort === "pin";
  const typed = (input: HTMLInputElement): string => {
    if (read) return read(input);
    return digits ? digitsOnly(input, length) : input.value;
  };
  const said = [props.about, hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class={["digits", "pin", "code", "amount"].includes(sort) ? "large" : undefined}
        {...(sort === "secret" || sort === "pin" ? ({ type: "password" } as const) : ({ type: "text" } as const))}
        inputMode={digits ? "numeric" : sort === "amount" ? "decimal" : "text"}
        autocapitalize="none"
        autocomplete={autocomplete}
        autocorrect="off"
        spellcheck={false}
        maxLength={digits ? undefined : length}
        value={value}
        aria-describedby={said || undefined}
        aria-invalid={error ? "true" : undefined}
        autofocus={Boolean(focus)}
        ref={field}
        onInput={(event) => onInput(typed(event.currentTarget))}
      />
      {props.children}
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p class="wrong" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

/**
 * What is no digit does not stay in the field: codes are read out in groups, and pasted so. Hence no `maxlength`
 * either, which would cut off the end of a group.
 */
function digitsOnly(input: HTMLInputElement, length: number | undefined): string {
  const digits = input.value.replace(/\D/g, "").slice(0, length);
  if (digits !== input.value) input.value = digits;
  return digits;
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly words: string }[];
  readonly onChoose: (value: Value) => void;
}

/** A drop-down. */
export function Select<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>{option.words}</option>
        ))}
      </select>
    </div>
  );
}

/** A few ways of which one is taken. */
export function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>): JSX.Element {
  const id = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="option">
          <input type="radio" name={id} checked={option.value === value} onChange={() => onChoose(option.value)} />
          <span>{option.words}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A group of rows under a title. */
export function Group({ title, note, children }: { readonly title?: string; readonly note?: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <section class="group">
      {title && <h2>{title}</h2>}
      <ul class="rows">{children}</ul>
      {note && <p class="note">{note}</p>}
    </section>
  );
}

interface RowProps {
  readonly title: string;
  readonly words?: string | undefined;
  readonly value?: ComponentChildren;
  readonly icon?: IconName;
  readonly to?: string;
  readonly href?: string;
  readonly onPress?: () => void;
  readonly danger?: boolean;
  readonly current?: boolean;
}

/** A row of a group: leads somewhere, does something, or only says something. */
export function Row({ title, words, value, icon, to, href, onPress, danger, current }: RowProps): JSX.Element {
  const inside = (
    <>
      {icon && <span class="row-icon"><Icon name={icon} /></span>}
      <span class="row-text">
        <span class="row-title">{title}</span>
        {words && <span class="row-words">{words}</span>}
      </span>
      {value && <span class="row-value">{value}</span>}
      {current && <span class="row-end"><Icon name="check" /></span>}
      {(to ?? href) && <span class="row-end chevron"><Icon name="next" /></span>}
    </>
  );
  const look = `row${danger ? " danger" : ""}`;
  if (href) return <li><a class={look} href={href}>{inside}</a></li>;
  if (!to && !onPress) return <li><div class={look}>{inside}</div></li>;
  const press = onPress ?? (() => go(to ?? "/"));
  return <li><button class={look} type="button" aria-current={current ? "true" : undefined} onClick={press}>{inside}</button></li>;
}

/** Something to know: in passing, a warning, good news, or what went wrong (said at once). */
export function Notice({ kind = "info", title, children }: { readonly kind?: "info" | "good" | "warn" | "bad"; readonly title?: string; readonly children?: ComponentChildren }): JSX.Element {
  const icons = { info: "info", good: "check", warn: "warning", bad: "warning" } as const;
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : undefined}>
      <Icon name={icons[kind]} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** What went wrong, where something did. */
export function Trouble({ words }: { readonly words: string | undefined }): JSX.Element | null {
  return words ? <Notice kind="bad"><p>{words}</p></Notice> : null;
}

/** Nothing is here, and why that is fine. */
export function Empty({ icon, title, words }: { readonly icon: IconName; readonly title: string; readonly words: string }): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      <p>{words}</p>
    </div>
  );
}

/** Something is on its way. */
export function Waiting(): JSX.Element {
  return <p class="waiting" role="status">{t("one-moment")}</p>;
}
