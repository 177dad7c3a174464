import type { Connection } from '../../core/ports/connection';
import type { StackView } from '../../core/ports/services';
import { stackMeaning } from './accountLook';

/** The stack as its webview shows it; undefined when there is none. */
export async function stackViewOf(connection: Connection, name: string, signal: AbortSignal): Promise<StackView | undefined> {
  const stack = await connection.stacks.describeStack(name, { signal });
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return undefined;
  const { meanings } = await stackMeaning(connection, stack, signal);
  return {
    name: stack.name,
    id: stack.id,
    status: stack.status,
    ...(stack.statusReason === undefined ? {} : { statusReason: stack.statusReason }),
    target: connection.target,
    outputs: stack.outputs.map((output) => ({ ...output, meaning: meanings.get(output.key) ?? 'other' })),
  };
}
