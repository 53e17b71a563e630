import { useState } from 'preact/hooks';
import { change, type ShownReplicas } from '../api.js';
import { type GivenLevel, LevelForm } from '../level-form.js';
import { Labelled } from '../parts.js';
import { LEVELS, visible } from '../text.js';

interface Place {
  readonly label: string;
  /** As the API takes it. */
  readonly scope: 'all' | 'instance' | { instance: string } | { label: string; value: string };
}

/** Sets the level of a logger or a group for a while. */
export function SetLevel({
  target,
  instance,
  replicas,
  close,
}: {
  readonly target: string;
  /** The name of the instance that answers. */
  readonly instance: string;
  readonly replicas: ShownReplicas | undefined;
  readonly close: (isSet: boolean) => void;
}) {
  // What could be chosen when it was opened: a choice does not become another one while it is made.
  const [places] = useState(() => placesOf(instance, replicas));
  const [place, setPlace] = useState(0);
  const [budget, setBudget] = useState('');
  const send = async (given: GivenLevel): Promise<void> => {
    const { scope } = places[place] as Place;
    const limit = budget === '' ? {} : { budget: Number(budget) };
    await change('POST', 'overrides', { target, ...given, scope, ...limit });
    close(true);
  };
  return (
    <LevelForm
      title={`Level of ${visible(target)}`}
      levels={[...LEVELS, 'OFF']}
      maxReason={500}
      placeholder="orders of customer 7 fail"
      action="Set level"
      send={send}
      close={() => close(false)}
    >
      <Labelled label="Where">
        <select value={String(place)} onChange={(event) => setPlace(Number(event.currentTarget.value))}>
          {places.map(({ label }, index) => (
            <option key={label} value={String(index)}>
              {label}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label="At most so many records, in each instance">
        <input
          type="number"
          min={1}
          max={1_000_000_000}
          value={budget}
          placeholder="no limit"
          onInput={(event) => setBudget(event.currentTarget.value)}
        />
      </Labelled>
    </LevelForm>
  );
}

/** Everywhere, here, each other instance, and each label that one of them has. */
function placesOf(own: string, replicas: ShownReplicas | undefined): Place[] {
  const instances = replicas?.instances ?? [];
  const labels = new Map(
    instances.flatMap(({ labels: some }) =>
      Object.entries(some).map(([label, value]) => [`${label}=${value}`, { label, value }] as const),
    ),
  );
  return [
    { label: 'all instances', scope: 'all' },
    { label: `this one (${visible(own)})`, scope: 'instance' },
    ...instances
      .filter(({ name }) => name !== own)
      .map(({ name }) => ({ label: visible(name), scope: { instance: name } })),
    ...[...labels].map(([label, scope]) => ({ label: visible(label), scope })),
  ];
}
