/** Contacts from CSV in the console, in a real browser against a real server. */

import { readFile } from 'node:fs/promises';

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { violations } from './axe.ts';
import { Desk } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());

async function toImport(page: Page): Promise<void> {
  await page.click('.door >> text=Contacts');
  await page.click('.list-title >> text=Import');
  await page.waitForSelector('.drop-zone');
}

async function pick(page: Page, csv: string | Buffer, name = 'people.csv'): Promise<void> {
  await page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(csv) });
}

/** What the report counts: rows, created, updated, unchanged, skipped. */
async function counts(page: Page): Promise<number[]> {
  const told = await page.locator('.tiles dd').allTextContents();
  return told.map((count) => Number(count.replaceAll(',', '')));
}

const found = async (query: string) =>
  (await desk.server.asBackend<{ items: object[] }>('GET', `/v1/contacts?${query}`)).items.length;

const accepted = async () =>
  (await desk.server.asBackend<{ items: object[] }>('GET', '/v1/imports?limit=100')).items.length;

describe('an import', () => {
  test('is looked at, tried, done and reported truly, whatever the spreadsheet', async () => {
    const rows = [
      'Customer ID;Full Name;E-Mail;Plan;custom.seats:number;',
      'sheet-1;"Ada ""A."" Lind";ada@sheet.example;"gold;\nsince 2020";7;',
      'sheet-2;Bo;bo@sheet.example',
      'sheet-3;Cy Оксана;cy@sheet.example;iron;2;',
    ];
    const page = await desk.agent('ben');
    await toImport(page);
    await pick(page, Buffer.from(`\ufeff${rows.join('\r\n')}`, 'utf16le'));
    await page.waitForSelector('.sheet td');
    const header = await page.locator('.sheet th .sets').allTextContents();
    expect(header).toEqual([
      'User ID',
      'Name',
      'E-mail',
      'Custom data: Plan',
      'Custom data: seats, a number',
      'Not imported: no name',
    ]);
    expect(await page.locator('.sheet tbody tr').first().locator('td').allTextContents()).toEqual([
      'sheet-1',
      'Ada "A." Lind',
      'ada@sheet.example',
      'gold;\nsince 2020',
      '7',
      '',
    ]);
    expect(await page.locator('.caution').count()).toBe(0);

    await page.click('text=Check the file');
    await page.waitForSelector('.stage >> text=Checked: nothing was changed yet');
    expect(await counts(page)).toEqual([3, 2, 0, 0, 1]);
    expect(await found('user_id=sheet-1')).toBe(0);
    await page.click('text=Import 2 rows');
    await page.waitForSelector('.stage >> text=Imported');
    expect(await counts(page)).toEqual([3, 2, 0, 0, 1]);
    expect(await page.locator('.reasons tbody td').allTextContents()).toEqual([
      '2',
      '',
      'the row has 3 columns, the header has 6',
    ]);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download all as CSV')]);
    expect(await readFile(await download.path(), 'utf8')).toBe(
      'row,column,reason\r\n2,,"the row has 3 columns, the header has 6"\r\n',
    );
    await page.click('text=See the contacts');
    await page.click('.contact-row:has-text("Cy Оксана")');
    await page.waitForSelector('.profile >> text=iron');
    expect(desk.troubles).toEqual([]);
  });

  test('done again changes nothing with a key, and is warned of without one', async () => {
    const page = await desk.agent('ben');
    await toImport(page);
    for (const expected of [
      [1, 1, 0, 0, 0],
      [1, 0, 0, 1, 0],
    ]) {
      await pick(page, 'import_key,name\nonce,Only Once');
      await page.waitForSelector('.sheet td');
      await page.click('text=Import without checking');
      await page.waitForSelector('.stage >> text=Imported');
      expect(await counts(page)).toEqual(expected);
    }
    for (const times of [1, 2]) {
      await pick(page, 'name\nTwice Over');
      await page.waitForSelector('.caution >> text=would create every contact twice');
      await page.click('text=Import without checking');
      await page.waitForSelector('.stage >> text=Imported');
      await page.waitForSelector('.caution >> text=1 row has neither a user_id nor an import_key');
      expect(await found('query=Twice+Over')).toBe(times);
    }
  });

  test('is found again after a reload, also when the server was killed meanwhile', async () => {
    const page = await desk.agent('ben');
    await toImport(page);
    const rows = Array.from({ length: 3_000 }, (_, index) => `long-${index},Long ${index}`);
    await pick(page, `user_id,name\n${rows.join('\n')}`);
    await page.click('text=Import without checking');
    await page.waitForURL(/#\/imports\/im_/);
    await desk.server.tell('kill');
    await desk.server.tell('start');
    await page.reload();
    await page.waitForSelector('.stage >> text=Imported', { timeout: 25_000 });
    expect(await counts(page)).toEqual([3_000, 3_000, 0, 0, 0]);
    await page.click('[aria-label="Back to the list"]');
    await page.waitForSelector('.latest >> text=3,000 created');
    expect(await found('user_id=long-2999')).toBe(1);
  });

  test('of a file that can’t be one is refused in the server’s words, and begins with nothing', async () => {
    const before = await accepted();
    const page = await desk.agent('ben');
    await toImport(page);
    await pick(page, 'color,size\nred,7\n');
    await page.waitForSelector('.caution >> text=None of the columns "color", "size" is user_id');
    expect(await page.locator('text=Check the file').count()).toBe(0);
    await pick(page, 'email,E-mail\n');
    await page.waitForSelector('.caution >> text=are both email: rename or remove one');
    await pick(page, '');
    await page.waitForSelector('.caution >> text=it is empty');
    expect(await accepted()).toBe(before);
  });

  test.each([
    ['the contacts', '.contacts'],
    ['the page of imports', '.drop-zone'],
  ])('begins with a file that is dropped on %s', async (_, target) => {
    const page = await desk.agent('ben');
    await page.click('.door >> text=Contacts');
    await page.waitForSelector('.list-title');
    if (target === '.drop-zone') await page.click('.list-title >> text=Import');
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['user_id,name\ndropped,Dropped In'], 'dropped.csv'));
      return transfer;
    });
    await page.dispatchEvent(target, 'dragover', { dataTransfer: data });
    await page.waitForSelector('[data-over=true]');
    await page.dispatchEvent(target, 'drop', { dataTransfer: data });
    await page.waitForSelector('.picked >> text=dropped.csv');
    await page.waitForSelector('.sheet td >> text=Dropped In');
  });

  test('is stopped on its way, or told that the server is away, and can be sent again', async () => {
    const before = await accepted();
    const page = await desk.agent('ben');
    await toImport(page);
    await pick(page, 'user_id,name\nway,On The Way');
    await page.waitForSelector('.sheet td');
    await page.route('**/v1/contacts/import?*', () => {});
    await page.click('text=Check the file');
    await page.click('.sending >> text=Cancel');
    await page.waitForSelector('text=Check the file');
    await page.unroute('**/v1/contacts/import?*');
    await page.context().setOffline(true);
    await page.click('text=Check the file');
    await page.waitForSelector('.caution >> text=The file could not be sent');
    await page.context().setOffline(false);
    expect(await accepted()).toBe(before);
    await page.click('text=Check the file');
    await page.waitForSelector('.stage >> text=Checked');
    expect(await counts(page)).toEqual([1, 1, 0, 0, 0]);
    await page.reload();
    await page.waitForSelector('text=Choose the file again to import it');
  });

  test('that there is none of is said', async () => {
    const page = await desk.agent('ben');
    await page.evaluate(() => (location.hash = '#/imports/im_nothing'));
    await page.waitForSelector('.imports >> text=There is no import');
  });
});

test('an export has every contact, and imports again unchanged', async () => {
  await desk.imports('user_id,name,seats\nout-1,=Formula(1),\nout-2,"Two\nLines",7');
  const page = await desk.agent('ben');
  await page.click('.door >> text=Contacts');
  const download = async (label: string) => {
    await page.click('.export .popper-button');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(`.export >> text="${label}"`)]);
    expect(file.suggestedFilename()).toBe('contacts.csv');
    return readFile(await file.path());
  };
  const plain = await download('CSV');
  expect(plain.toString()).toContain('out-1,');
  expect(plain.toString()).toContain("'=Formula(1)");
  const excel = await download('CSV for Excel');
  expect(excel.toString('utf8')).toBe(`\ufeff${plain.toString()}`);
  await page.waitForSelector('.popover', { state: 'detached' });
  await page.click('.list-title >> text=Import');
  await pick(page, excel);
  await page.waitForSelector('.sheet td');
  await page.click('text=Check the file');
  await page.waitForSelector('.stage >> text=Checked');
  const [rows, created, updated, unchanged, skipped] = await counts(page);
  expect([created, updated, skipped, unchanged]).toEqual([0, 0, 0, rows]);
  expect(rows).toBeGreaterThan(1);
  expect(desk.troubles).toEqual([]);
});

describe('axe finds nothing to object to', () => {
  test.each(['light', 'dark'] as const)('%s: a file, its mapping and its report', async (colorScheme) => {
    const page = await desk.agent('ana', { colorScheme, bypassCSP: true });
    await toImport(page);
    expect(await violations(page)).toEqual([]);
    await pick(page, 'name,plan,\nAxel,gold,\nToo Short\n');
    await page.waitForSelector('.caution');
    expect(await violations(page)).toEqual([]);
    await page.click('text=Check the file');
    await page.waitForSelector('.stage >> text=Checked');
    await page.waitForSelector('.reasons');
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 760 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violations(page)).toEqual([]);
  });
});
