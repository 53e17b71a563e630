import type { ShownReplicas } from '../api.js';
import { Trouble } from '../parts.js';
import { spanText, visible } from '../text.js';

/** The instances that share overrides, and how far each has come. Nothing where this process is alone. */
export function Instances({
  replicas,
  now,
}: {
  readonly replicas: ShownReplicas | undefined;
  readonly now: number;
}) {
  if (replicas === undefined || !replicas.isShared) return null;
  const { isConnected, version, instances, instance: own } = replicas;
  const applied = instances.filter((each) => each.applied === version).length;
  const isWhole = isConnected && applied === instances.length && instances.every(({ isUp }) => isUp);
  return (
    <>
      <h2>Instances</h2>
      <Trouble
        text={
          isConnected
            ? ''
            : 'What the instances share is not reached. Levels hold and end here as they were set; changes go round when it is back.'
        }
      />
      {/* What is not as it should be is not to be looked for. */}
      <details class="instances" open={!isWhole}>
        <summary>
          <span role="status">
            {applied} of {instances.length} have applied version {version}
          </span>
        </summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">State</th>
              <th scope="col">Applied</th>
              <th scope="col" class="rare">
                Release
              </th>
              <th scope="col" class="rare">
                Running for
              </th>
              <th scope="col" class="rare">
                Labels
              </th>
            </tr>
          </thead>
          <tbody>
            {instances.map(({ name, isUp, applied: theirs, seenAt, startedAt, appVersion, labels }) => (
              <tr key={name}>
                <th scope="row">
                  {visible(name)} {name === own ? <span class="quiet">this one</span> : null}
                </th>
                <td>
                  <span class={isUp ? 'verdict yes' : 'verdict no'}>{isUp ? 'up' : 'down'}</span>{' '}
                  {isUp ? null : <span class="quiet">heard of {spanText(now - seenAt)} ago</span>}
                </td>
                <td class={theirs === version ? '' : 'behind'}>version {theirs}</td>
                <td class="rare">{visible(appVersion ?? '')}</td>
                <td class="rare">{isUp ? spanText(now - startedAt) : ''}</td>
                <td class="rare quiet">
                  {Object.entries(labels)
                    .map(([label, value]) => visible(`${label}=${value}`))
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
