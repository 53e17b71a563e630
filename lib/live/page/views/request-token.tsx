import { useState } from 'preact/hooks';
import { change } from '../api.js';
import { type GivenLevel, LevelForm } from '../level-form.js';
import { Copy, Dialogue, Labelled } from '../parts.js';
import { LEVELS } from '../text.js';

const TITLE = 'A level for requests';

interface Grant {
  readonly token: string;
  readonly header: string;
  readonly level: string;
}

/** Makes a token: the requests that bring it are logged down to its level, and no others. */
export function RequestToken({ close }: { readonly close: () => void }) {
  const [loggers, setLoggers] = useState('');
  const [grant, setGrant] = useState<Grant | undefined>(undefined);
  const send = async (given: GivenLevel): Promise<void> => {
    const names = loggers.split(/[\s,]+/).filter(Boolean);
    const body = { ...given, ...(names.length === 0 ? {} : { loggers: names }) };
    const { token, header } = (await change('POST', 'tokens', body)) as Grant;
    setGrant({ token, header, level: given.level });
  };
  if (grant !== undefined) return <Granted grant={grant} close={close} />;
  return (
    <LevelForm
      title={TITLE}
      levels={LEVELS}
      maxReason={256}
      placeholder="customer 7"
      action="Make a token"
      send={send}
      close={close}
    >
      <Labelled label="Loggers, with those below them">
        <input
          value={loggers}
          spellcheck={false}
          placeholder="all"
          onInput={(event) => setLoggers(event.currentTarget.value)}
        />
      </Labelled>
    </LevelForm>
  );
}

function Granted({ grant, close }: { readonly grant: Grant; readonly close: () => void }) {
  const line = `${grant.header}: ${grant.token}`;
  return (
    <Dialogue title={TITLE} onClose={close}>
      <p>Requests that bring this header are logged down to {grant.level}:</p>
      <textarea readOnly rows={5} aria-label="Header" value={line} />
      <div class="buttons">
        <Copy text={line} label="Copy the header" />
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialogue>
  );
}
