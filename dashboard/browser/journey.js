// A new user in Chromium, against a real server: URL, EMAIL, PASSWORD and SHOTS (a folder, or nothing) come by the environment.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { openBrowser } from './browser.js';

const { URL: url, EMAIL, PASSWORD, SHOTS } = process.env;
const site = createServer((request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A site</title>'));
await new Promise((listening) => site.listen(0, '127.0.0.1', listening));
const port = site.address().port;
const browser = await openBrowser();
try {
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  // Each page and dialog is usable with a screen reader, as far as a machine can tell, in light and in dark.
  const shot = async (name) => {
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(serious.map(({ id, nodes }) => `${name} (${colorScheme}): ${id} ${nodes.map(({ html }) => html).join(' ')}`), []);
    }
    if (SHOTS) {
      for (const [mode, width] of [['light', 1100], ['dark', 1100], ['light', 360]]) {
        await page.emulateMedia({ colorScheme: mode });
        await page.setViewportSize({ width, height: 800 });
        await page.screenshot({ path: `${SHOTS}/${name}-${mode}-${width}.png` });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
      }
      await page.setViewportSize({ width: 1100, height: 800 });
    }
  };
  const content = async (download) => readFile(await download.path(), 'utf8');
  // What a page of the origin sends to the API with the key.
  const send = async (origin, key) => {
    const visitor = await context.newPage();
    await visitor.goto(origin);
    const status = await visitor.evaluate(([target, secret]) => fetch(target, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ eventType: 'hello' }),
    }).then((answer) => answer.status, () => 0), [`${new globalThis.URL(url).origin}/api/v0/analytics`, key]);
    await visitor.close();
    return status;
  };
  const allowed = `http://127.0.0.1:${port}`;
  const other = `http://localhost:${port}`;

  await page.goto(url);
  await page.getByLabel('E-mail').fill(EMAIL);
  await shot('sign-in');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  await shot('overview-empty');
  await page.getByRole('link', { name: 'Create an API key' }).click();
  await page.getByRole('button', { name: 'Create API key' }).click();
  await page.getByLabel('Name').fill('My site');
  await page.getByLabel('Allowed origins').fill(`${allowed}\n*.example.com`);
  await page.getByText('*.example.com:').waitFor();
  await shot('create');
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.locator('dialog pre code').innerText();
  assert.match(key, /^pk_/);
  assert.ok(!page.url().includes(key));
  await shot('secret');
  await page.getByRole('button', { name: 'Send the first event' }).click();
  await page.getByText('Waiting for the first event').waitFor();

  assert.equal(await send(allowed, key), 200);
  await page.getByText('The last event was “hello”').waitFor();
  const refusedAt = Date.now();
  assert.notEqual(await send(other, key), 200);
  const live = page.getByLabel('Send an event');
  await live.getByText('A request was refused').waitFor();
  assert.ok(Date.now() - refusedAt < 5_000, `The refusal was shown after ${Date.now() - refusedAt} ms.`);
  await live.getByRole('button', { name: `Allow ${other}` }).click();
  await shot('key');
  await live.getByRole('button', { name: 'all the same' }).click();
  await page.getByText(`${other} is allowed from now on.`).waitFor();
  assert.equal(await send(other, key), 200);

  await page.getByRole('link', { name: 'Events' }).click();
  await page.getByText('hello').first().waitFor();
  await page.getByLabel('Type', { exact: true }).fill('other');
  await page.getByText('No event matches these filters.').waitFor();
  assert.match(page.url(), /eventType=other/);
  await page.getByLabel('Type', { exact: true }).fill('hello');
  await page.getByText('Events of type hello by hour').waitFor();
  await page.getByText('hello').first().waitFor();
  await shot('events');
  await page.getByRole('link', { name: 'API keys', exact: true }).click();
  await page.getByLabel('Tier').selectOption('private');
  await page.getByText('No key fits these filters.').waitFor();
  await page.getByLabel('Tier').selectOption('public');
  await page.getByLabel('Scope').selectOption('MEMORY_READ');
  await page.getByText('No key fits these filters.').waitFor();
  await page.getByLabel('Scope').selectOption('');
  await page.getByLabel('Origin').fill('example.com');
  await page.getByRole('link', { name: 'My site' }).waitFor();
  await page.goBack();
  await page.goForward();
  assert.match(page.url(), /origin=example.com/);
  await shot('keys');
  await page.getByRole('link', { name: 'My site' }).click();

  await page.getByRole('button', { name: 'Restrict' }).click();
  await page.getByLabel('Rate limit, requests').fill('1000');
  await shot('restrict');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('At most 1000 requests in 60 seconds').waitFor();
  await page.getByText('Requests in 72 hours').waitFor();
  await page.getByText(/^update by/).first().waitFor();
  await page.getByRole('button', { name: 'Restrict' }).click();
  await page.getByLabel('Allowed origins').fill(`${allowed}\n*.example.com`);
  await page.getByRole('button', { name: 'Try without enforcing' }).click();
  await page.getByText('The restrictions are on trial.').waitFor();
  assert.equal(await send(other, key), 200, 'a trial refuses nothing');
  await page.getByText('1 request would have been refused: 1 by origin.').waitFor();
  await shot('trial');
  await page.getByRole('button', { name: 'Enforce' }).click();
  await page.getByText('Enforced on 1 of 1 server').waitFor();
  assert.notEqual(await send(other, key), 200);
  await page.getByRole('button', { name: 'Rotate' }).click();
  await shot('rotate');
  await page.getByLabel('Keep it for another time').check();
  await page.getByLabel('How long').fill('91');
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  await page.getByText('that makes at most 90 days').waitFor();
  await shot('rotate-own');
  await page.getByLabel('How long').fill('36');
  await page.getByLabel('Unit').selectOption('hours');
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  const successor = await page.locator('dialog pre code').innerText();
  assert.match(successor, /^pk_/);
  await page.getByRole('button', { name: 'Go to the successor' }).click();
  await page.getByText('Waiting for the first event').waitFor();
  assert.equal(await send(allowed, successor), 200);
  assert.equal(await send(allowed, key), 200, 'the old key lives on for a while');
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Enable' }).waitFor();
  assert.notEqual(await send(allowed, successor), 200);
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Disable' }).waitFor();
  await shot('key-whole');

  const [usage] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download CSV' }).click()]);
  assert.match(await content(usage), /^unit,time,ok,clientError,serverError,refused,rateLimited\r\nhour,/);

  await page.getByRole('link', { name: 'All API keys' }).click();
  await page.getByRole('button', { name: 'Create API key' }).click();
  await page.getByLabel('A server: a private key').check();
  await page.getByLabel('Name').fill('My program');
  await page.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.locator('dialog pre code').innerText();
  assert.match(secret, /^sk_/);
  await page.keyboard.press('Escape');
  await page.getByText('it cannot be shown again').waitFor();
  assert.equal(await page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true }))), false, 'closing the tab asks first');
  await shot('secret-private');
  const [env] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download .env' }).click()]);
  assert.ok((await content(env)).includes(`QUOTIENT_API_KEY=${secret}\n`));
  assert.equal(await page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true }))), true);
  await page.getByRole('button', { name: 'Send the first event' }).click();
  await page.getByText('This key never expires.').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'a private key is shown once');

  await page.getByRole('link', { name: 'Team' }).click();
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await page.getByLabel('E-mail').fill('guest@example.com');
  await page.getByLabel('Viewer: can only look').check();
  await shot('invite');
  await page.getByRole('button', { name: 'Create a link' }).click();
  const link = await page.locator('dialog pre code').innerText();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('guest@example.com as viewer').waitFor();
  await shot('team');
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(new globalThis.URL(new globalThis.URL(link).hash, `${url}/invitation`).href);
  await guest.getByLabel('Choose a password').fill('a long enough password');
  await guest.getByRole('button', { name: 'Join' }).click();
  await guest.getByRole('link', { name: 'API keys', exact: true }).click();
  await guest.getByRole('link', { name: 'My site' }).first().waitFor();
  assert.equal(await guest.getByRole('button', { name: 'Create API key' }).count(), 0, 'a viewer makes no keys');
  await guest.context().close();

  // A maximum lifetime: keys that exceed it are listed, and a new one gets an expiry that is allowed.
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Days').fill('4000');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Give a whole number of days from 1 to 3650, or nothing.').waitFor();
  await page.getByLabel('Days').fill('90');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Keys may live at most 90 days.').waitFor();
  await page.getByText(`no limit to 90 days by ${EMAIL}`).waitFor();
  await shot('settings');
  await page.getByRole('link', { name: 'Show them' }).click();
  await page.getByRole('link', { name: 'My program' }).waitFor();
  await page.getByRole('button', { name: 'Create API key' }).click();
  const expires = page.getByRole('dialog').getByLabel('Expires (UTC)');
  const allowedExpiry = await expires.inputValue();
  assert.ok(Math.abs(Date.parse(`${allowedExpiry}Z`) - Date.now() - 90 * 86_400_000) < 120_000, allowedExpiry);
  await page.getByLabel('Name').fill('Within the policy');
  await expires.fill('2099-01-01T00:00');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('set an expiry no later than').waitFor();
  // The browser reports the refusal, too.
  assert.deepEqual(complaints.splice(0).filter((text) => !text.includes('status of 400')), []);
  await shot('create-too-late');
  await expires.fill(allowedExpiry);
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('button', { name: 'Send the first event' }).click();
  await page.getByRole('heading', { name: 'Within the policy' }).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Days').fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Keys may live without limit.').waitFor();

  await page.getByRole('link', { name: EMAIL }).click();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  await page.getByText('(this one)').waitFor();
  await shot('account');
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('The last 24 hours').waitFor();
  await shot('overview');
  await page.getByRole('link', { name: 'API keys', exact: true }).click();
  await page.getByRole('link', { name: 'My site' }).last().click();
  await page.getByText('This key has a').waitFor();
  await page.getByText('Who has called with it since the rotation').waitFor();
  await page.getByLabel('Rotation').getByText(allowed).first().waitFor();
  await shot('rotation');
  await page.getByRole('button', { name: 'Keep it 7 days longer' }).click();
  await page.getByText('This key lives 7 days longer.').waitFor();
  const opener = page.getByRole('button', { name: 'Revoke' });
  await opener.click();
  await page.keyboard.press('Escape');
  assert.ok(await opener.evaluate((button) => document.activeElement === button), 'focus returns');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText(`${allowed} · Chrome`).waitFor();
  await page.getByLabel('Type My site to confirm').fill('My site');
  await shot('revoke');
  await page.keyboard.press('Enter');
  await page.getByText(/Refused on 1 of 1 servers? after \d+ ms/).waitFor();
  assert.notEqual(await send(allowed, key), 200);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();

  // The same without a mouse: sign in, make a key, revoke it.
  const keys = page.keyboard;
  const reach = async (name) => {
    for (let presses = 0; presses < 60; presses++) {
      const focused = await page.evaluate(() => {
        const { activeElement: at } = document;
        return `${at?.getAttribute('aria-label') ?? ''} ${at?.labels?.[0]?.textContent ?? ''} ${at?.textContent ?? ''}`.trim();
      });
      if (focused.startsWith(name)) {
        return;
      }
      await keys.press('Tab');
    }
    assert.fail(`${name} cannot be reached with the keyboard.`);
  };
  await reach('E-mail');
  await keys.type(EMAIL);
  await reach('Password');
  await keys.type(PASSWORD);
  await keys.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await reach('API keys');
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  await reach('Create API key');
  await keys.press('Enter');
  await reach('Name');
  await keys.type('By keyboard');
  await keys.press('Enter');
  await reach('Send the first event');
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'By keyboard' }).waitFor();
  await reach('Revoke');
  await keys.press('Enter');
  await reach('Type By keyboard');
  await keys.type('By keyboard');
  await keys.press('Enter');
  await page.getByText(/Refused on 1 of 1/).waitFor();
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
  site.close();
}
