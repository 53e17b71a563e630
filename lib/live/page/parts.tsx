import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';

/** A request and its outcome. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly error: string;
  /** Asks at once. */
  again(): void;
}

/** Asks again and again while it is shown; not while the page is hidden. */
export function useAsked<T>(path: string, everyMs: number): Asked<T> {
  const [state, setState] = useState<{ value: T | undefined; error: string }>({
    value: undefined,
    error: '',
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const value = await ask<T>(path);
          if (!isOver) setState({ value, error: '' });
        } catch (error) {
          if (!isOver) setState(({ value }) => ({ value, error: (error as Error).message }));
        }
      }
      if (!isOver) timer = setTimeout(run, everyMs);
    };
    void run();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, everyMs, round]);
  return { ...state, again: () => setRound((before) => before + 1) };
}

/** The time, each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A value once it has not changed for a while. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** An error message, also announced to screen readers. */
export function Trouble({ text }: { readonly text: string }) {
  return (
    <p class="trouble" role="alert">
      {text}
    </p>
  );
}

/** A level as a coloured word. */
export function LevelMark({ name, kind }: { readonly name: string; readonly kind?: string }) {
  return <span class={`level ${kind ?? name.toLowerCase()}`}>{name}</span>;
}

/** A labelled control. */
export function Labelled(props: {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label class={props.class ?? ''}>
      <span>{props.label}</span>
      {props.children}
    </label>
  );
}

/** A dialogue of the browser, open as long as it is there. */
export function Dialogue(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} aria-label={props.title} onClose={props.onClose}>
      <h2>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** Copies a text to the clipboard. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState(label);
  const copy = (): Promise<void> =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it'),
    );
  return (
    <button type="button" onClick={() => void copy()}>
      <span aria-live="polite">{said}</span>
    </button>
  );
}

/** How long something is to hold. */
export function Minutes({
  minutes,
  set,
}: {
  readonly minutes: string;
  readonly set: (minutes: string) => void;
}) {
  return (
    <fieldset>
      <legend>For</legend>
      {['5', '15', '60'].map((each) => (
        <label key={each} class="choice">
          <input
            type="radio"
            name="minutes"
            value={each}
            checked={minutes === each}
            onChange={() => set(each)}
          />
          {each} minutes
        </label>
      ))}
    </fieldset>
  );
}

const NAME_KEY = 'nestjs-logging-by';

/** The name that somebody gave last, for the audit records. */
export function rememberedName(): string {
  return localStorage.getItem(NAME_KEY) ?? '';
}

/** Keeps it in this browser. */
export function rememberName(name: string): void {
  localStorage.setItem(NAME_KEY, name);
}
