import type { DeployedSubject } from '../core/deployedFiles';
import type { Connection } from '../core/ports/connection';
import { sameJson } from '../core/util/json';

export interface DeployedText {
  readonly text: string;
  /** Of the default version. */
  readonly version: string;
}

/** How a file of the workspace stands to the account. */
export type DeployedState =
  | { readonly kind: 'same' | 'differs'; readonly version: string }
  | { readonly kind: 'notDeployed' }
  | { readonly kind: 'failed'; readonly message: string };

/** The default version of a policy or template as it stands in the account; undefined when there is none. Throws FleetError. */
export async function readDeployed({ iot }: Pick<Connection, 'iot'>, { kind, name }: DeployedSubject, signal?: AbortSignal): Promise<DeployedText | undefined> {
  const options = signal === undefined ? {} : { signal };
  if (kind === 'policy') {
    const policy = await iot.getPolicy(name, options);
    return policy && { text: policy.document, version: policy.defaultVersionId };
  }
  const template = await iot.describeProvisioningTemplate(name, options);
  return template && { text: template.templateBody, version: String(template.defaultVersionId) };
}

/** Somebody else may publish, too: what was read longer ago than this is read again when it is looked at. */
const mostAgeMs = 60_000;

interface Reading {
  readonly at: number;
  readonly text: Promise<DeployedText | undefined>;
}

/** What stands in the account, read once a minute at most: every key stroke asks. */
export class DeployedTexts {
  private readonly known = new Map<string, Reading>();
  private connection: Connection | undefined;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Reads anew from now on: the account may have changed. */
  forget(): void {
    this.known.clear();
  }

  /** Holds a text against the account. A failed look is told, not thrown, and tried again the next time. */
  async compare(connection: Connection, subject: DeployedSubject, text: string): Promise<DeployedState> {
    if (connection !== this.connection) this.forget();
    this.connection = connection;
    const key = `${subject.kind}/${subject.name}`;
    const before = this.known.get(key);
    const reading = before !== undefined && this.now() - before.at < mostAgeMs ? before : { at: this.now(), text: readDeployed(connection, subject) };
    this.known.set(key, reading);
    try {
      const deployed = await reading.text;
      if (deployed === undefined) return { kind: 'notDeployed' };
      return { kind: sameJson(text, deployed.text) ? 'same' : 'differs', version: deployed.version };
    } catch (error) {
      if (this.known.get(key) === reading) this.known.delete(key);
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }
}
