/** A line between messages that says what else happened. */

import type { Happened as Item } from '../core/items.ts';
import type { Named } from '../core/frames.ts';
import { counted, fill, type Words } from '../strings/index.ts';
import { timeOf } from './times.ts';

export function Happened({ item, words, me }: { item: Item; words: Words; me: Named | undefined }) {
  return (
    <p class="happened" dir="auto">
      {sentence(item, words, me)} <time>{timeOf(item.at, words.locale)}</time>
    </p>
  );
}

function sentence({ event }: Item, words: Words, me: Named | undefined): string {
  const { strings } = words;
  const { kind, from } = event;
  const name = from.id === me?.id ? strings.youSubject : from.name;
  switch (kind) {
    case 'status':
      if (event.status === 'closed') return fill(strings.wasClosed, { name });
      return from.type === 'system' ? strings.openedAgain : fill(strings.wasOpened, { name });
    case 'assigned': {
      const agent = event.agent as Named | null | undefined;
      if (!agent) return fill(strings.wasUnassigned, { name });
      return agent.id === from.id
        ? fill(strings.wasTaken, { name })
        : fill(strings.wasAssigned, { name, agent: agent.name });
    }
    case 'merged':
      return counted(words, strings.merged, Number(event.count));
    case 'identified':
      return fill(strings.identified, { name: (event.contact as Named | undefined)?.name ?? from.name });
    default:
      return strings.pinned;
  }
}
