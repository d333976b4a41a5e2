/** Taking a file that is dropped, in place of the browser, which would leave the page and show it. */

import { useState } from 'preact/hooks';

import type { Screen } from '../screen.ts';

/** Whether a file is held over the element, and what the element hears. */
export function useDrop(screen: Screen) {
  const [over, setOver] = useState(false);
  const dragged = (event: DragEvent, on: boolean) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(on);
  };
  return {
    over,
    onDragEnter: (event: DragEvent) => dragged(event, true),
    onDragOver: (event: DragEvent) => dragged(event, true),
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
      if (!(currentTarget as Node).contains(relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      dragged(event, false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void screen.imports.pick(file);
    },
  };
}
