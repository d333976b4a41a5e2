/** The four whom a newcomer can be, and what each shows of Onethread. */

export type Who = 'home' | 'work' | 'visitor' | 'impostor';

export const DANA = { user_id: 'dana', name: 'Dana Reyes', email: 'dana@example.com' };
/** What the shop's own backend would give Dana's browser; an impostor can only guess it. */
export const HASH = 'a-secret-that-only-the-shop-and-dana-know';

interface Person {
  readonly word: string;
  readonly user?: Readonly<Record<string, string>>;
  readonly device: string;
}

export const PEOPLE: Readonly<Record<Who, Person>> = {
  home: {
    word: 'Dana, logged in on the desktop at home. Write something, then look at it at work: it is one conversation.',
    user: { ...DANA, security_hash: HASH },
    device: 'home desktop',
  },
  work: {
    word: 'The same Dana on another device, a laptop at work: the whole conversation is there, live, and goes on here.',
    user: { ...DANA, security_hash: HASH },
    device: 'work laptop',
  },
  visitor: {
    word: 'Somebody whom the shop does not know: asked for a name and an address, and known again on this browser.',
    device: 'a browser',
  },
  impostor: {
    word: 'Somebody who claims to be Dana but does not know Dana’s secret: gets a clean chat, and sees nothing of Dana’s.',
    user: { ...DANA, security_hash: 'a-guess' },
    device: 'somewhere else',
  },
};

export const BOTH =
  'Two windows, one thread. Write in either, answer as the shop below; reload one, or close it and come back later.';
