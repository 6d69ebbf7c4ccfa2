// Help that is there with no network: the commonest questions come with the app, the pages are kept once they were fetched.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { core } from "../app/state.js";
import { language, t } from "../app/words.js";
import type { HelpArticle, HelpBlock, HelpGroup } from "../core/types.js";
import type { Route } from "../shell/screens.js";
import { Field, Group, Notice, Row } from "../ui/parts.js";
import { Screen } from "../ui/screen.js";

/** The questions and the pages, or one page. */
export function Help({ rest }: Route): JSX.Element {
  const groups = useSignal<readonly HelpGroup[] | undefined>(undefined);
  const missing = useSignal(false);
  useEffect(() => {
    core().help(language.value).then((found) => (groups.value = found), () => (missing.value = true));
  }, [language.value]);
  const page = groups.value?.flatMap((group) => group.pages).find(({ name }) => name === rest[0]);
  if (page) return <Page page={page} />;
  return (
    <Screen title={t("help")} back="/settings">
      <div class="questions">
        <Question title={t("help-login")} steps={[t("help-login-1"), t("help-login-2"), t("help-login-3")]} />
        <Question title={t("help-offline")} steps={[t("help-offline-1"), t("help-offline-2"), t("help-offline-3"), t("help-offline-4")]} />
        <Question title={t("help-digit")} steps={[t("help-digit-1"), t("help-digit-2"), t("help-digit-3")]} />
        <Question title={t("help-not-me")} steps={[t("help-not-me-1"), t("help-not-me-2")]} />
        <Question title={t("help-new-phone")} steps={[t("help-new-phone-1"), t("help-new-phone-2"), t("help-new-phone-3")]} />
        <Question title={t("help-pin")} steps={[t("help-pin-1"), t("help-pin-2")]} />
        <Question title={t("help-push")} steps={[t("help-push-1"), t("help-push-2")]} />
      </div>
      {groups.value && <Pages groups={groups.value} />}
      {missing.value && <Notice><p>{t("help-pages-missing")}</p></Notice>}
      <Group>
        <Row icon="check" title={t("check")} to="/check" />
        <Row icon="call" title={t("desk")} to="/desk" />
      </Group>
    </Screen>
  );
}

function Question({ title, steps }: { readonly title: string; readonly steps: readonly string[] }): JSX.Element {
  return (
    <details class="question">
      <summary>{title}</summary>
      <ul class="points">{steps.map((step) => <li key={step}>{step}</li>)}</ul>
    </details>
  );
}

function Pages({ groups }: { readonly groups: readonly HelpGroup[] }): JSX.Element {
  const words = useSignal("");
  const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = groups.map((group) => ({ ...group, pages: group.pages.filter((page) => holds(page, wanted)) })).filter(({ pages }) => pages.length > 0);
  return (
    <>
      <Field label={t("help-search")} value={words.value} length={100} onInput={(typed) => (words.value = typed)} />
      <div aria-live="polite">{found.length === 0 && <Notice><p>{t("help-search-nothing")}</p></Notice>}</div>
      {found.map(({ title, pages }) => (
        <Group key={title} title={title}>
          {pages.map((page) => <Row key={page.name} icon="help" title={page.title} words={page.about} to={`/help/${page.name}`} />)}
        </Group>
      ))}
    </>
  );
}

function holds(page: HelpArticle, words: readonly string[]): boolean {
  const all = [page.title, page.about, ...page.blocks.map(({ text }) => text)].join(" ").toLocaleLowerCase();
  return words.every((word) => all.includes(word));
}

function Page({ page }: { readonly page: HelpArticle }): JSX.Element {
  return (
    <Screen title={page.title} back="/help">
      <p class="lead">{page.about}</p>
      {runs(page.blocks).map((run, index) => <Run key={index} run={run} />)}
    </Screen>
  );
}

function Run({ run }: { readonly run: readonly HelpBlock[] }): JSX.Element {
  const lines = run.map(({ text }, index) => <li key={index}>{text}</li>);
  switch (run[0]?.kind) {
    case "step":
      return <ol class="points">{lines}</ol>;
    case "point":
      return <ul class="points">{lines}</ul>;
    case "heading":
      return <>{run.map(({ text }) => <h2 key={text}>{text}</h2>)}</>;
    default:
      return <>{run.map(({ text }, index) => <p key={index}>{text}</p>)}</>;
  }
}

/** Blocks of one kind that follow each other belong together. */
function runs(blocks: readonly HelpBlock[]): readonly (readonly HelpBlock[])[] {
  const found: HelpBlock[][] = [];
  for (const block of blocks) {
    const last = found.at(-1);
    if (last?.[0]?.kind === block.kind) last.push(block);
    else found.push([block]);
  }
  return found;
}
