/** The demo page: a shop with the widget, seen by whomever the address names. */

import { BOTH, PEOPLE, type Who } from './people.ts';
import { answerDana, dana } from './shop.ts';

type Call = ((...given: unknown[]) => void) & { q?: IArguments[] };

const query = new URLSearchParams(location.search);
const as = query.get('as') ?? 'home';
const framed = query.has('frame');
const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;

document.querySelector(`[data-as="${CSS.escape(as)}"]`)?.setAttribute('aria-current', 'page');
document.body.classList.toggle('framed', framed);
if (as === 'both') sideBySide();
else if (Object.hasOwn(PEOPLE, as)) shop(as as Who);
else location.replace('?as=home');

/** What every page with the widget has: the function that queues, the script, and who is there. */
async function shop(who: Who): Promise<void> {
  const { word, user, device } = PEOPLE[who];
  element('word').textContent = word;
  const queue: IArguments[] = [];
  const onethread: Call = function () {
    queue.push(arguments);
  };
  onethread.q = queue;
  const page = window as unknown as { Onethread: Call };
  page.Onethread = onethread;
  listen((...given) => page.Onethread(...given));

  await dana();
  page.Onethread('init', 'demo', {
    applicationId: 1,
    applicationSecret: 'demo-secret',
    user,
    title: 'Lumen & Oak',
    // Four people in one browser: each keeps their own things.
    profile: who,
    device: { name: device },
  });
  page.Onethread('showChatWidget');
  if (framed || who === 'impostor') page.Onethread('openChat');
  const script = document.createElement('script');
  script.async = true;
  script.src = '/widget.js';
  document.body.append(script);
}

function listen(onethread: Call): void {
  let count = 0;
  element('ask').addEventListener('click', () => {
    onethread('typeUserMessage', 'I have a question about ');
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-product]')) {
    button.addEventListener('click', () => {
      element('count').textContent = String(++count);
      onethread('trackEvent', 'Put in the basket', { product: button.dataset.product });
    });
  }
}

function sideBySide(): void {
  element('word').textContent = BOTH;
  element('shop').hidden = true;
  element('both').hidden = false;
  for (const frame of document.querySelectorAll('iframe')) frame.src = frame.dataset.src!;
  const text = element<HTMLInputElement>('text');
  element('answer').addEventListener('submit', (event) => {
    event.preventDefault();
    const told = element('told');
    void answerDana(text.value).then((trouble) => {
      told.textContent = trouble ?? '';
      if (!trouble) text.value = '';
    });
  });
}
