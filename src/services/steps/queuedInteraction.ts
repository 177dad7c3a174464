import type { Interaction } from '../../core/ports/interaction';
import { Turnstile } from './refresher';

/** The same questions, one at a time, for steps that run side by side. */
export function queuedInteraction(ui: Interaction, signal: AbortSignal): Interaction {
  const turns = new Turnstile();
  return {
    confirm: (request) => turns.pass(() => ui.confirm(request), signal),
    choose: (request) => turns.pass(() => ui.choose(request), signal),
    input: (request) => turns.pass(() => ui.input(request), signal),
    pickFile: (request) => turns.pass(() => ui.pickFile(request), signal),
    saveFile: (request) => turns.pass(() => ui.saveFile(request), signal),
    reviewDiff: (request) => turns.pass(() => ui.reviewDiff(request), signal),
    reviewText: (request) => turns.pass(() => ui.reviewText(request), signal),
    showText: (request) => ui.showText(request),
    inform: (message) => ui.inform(message),
    warn: (message) => ui.warn(message),
  };
}
