import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialogue, Labelled, Minutes, rememberedName, rememberName, Trouble } from './parts.js';

/** What every level is given with. */
export interface GivenLevel {
  readonly level: string;
  /** `15m` */
  readonly for: string;
  readonly reason?: string;
  readonly by?: string;
}

/** A dialogue for a level, how long it lasts, why, and for whom. */
export function LevelForm(props: {
  readonly title: string;
  readonly levels: readonly string[];
  /** Further inputs. */
  readonly children: ComponentChildren;
  /** Characters of a reason. */
  readonly maxReason: number;
  /** An example of a reason. */
  readonly placeholder: string;
  /** The label of the button. */
  readonly action: string;
  /** Sends it. What it rejects with is shown. */
  readonly send: (given: GivenLevel) => Promise<void>;
  readonly close: () => void;
}) {
  const [level, setLevel] = useState('DEBUG');
  const [minutes, setMinutes] = useState('15');
  const [reason, setReason] = useState('');
  const [by, setBy] = useState(rememberedName);
  const [refused, setRefused] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    rememberName(by);
    const given = {
      level,
      for: `${minutes}m`,
      ...(reason === '' ? {} : { reason }),
      ...(by === '' ? {} : { by }),
    };
    props.send(given).catch((error: Error) => setRefused(error.message));
  };
  return (
    <Dialogue title={props.title} onClose={props.close}>
      <form class="form" onSubmit={submit}>
        <Labelled label="Level">
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
            {props.levels.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </Labelled>
        {props.children}
        <Minutes minutes={minutes} set={setMinutes} />
        <Labelled label="Reason">
          <input
            value={reason}
            maxLength={props.maxReason}
            required
            placeholder={props.placeholder}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </Labelled>
        <Labelled label="Your name">
          <input
            value={by}
            maxLength={256}
            autocomplete="username"
            onInput={(event) => setBy(event.currentTarget.value)}
          />
        </Labelled>
        <Trouble text={refused} />
        <div class="buttons">
          <button type="submit" class="primary">
            {props.action}
          </button>
          <button type="button" onClick={props.close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialogue>
  );
}
