// The dashboard at another base path: a deep link leads to the sign-in, and from there to the page; a reload stays there.
import assert from 'node:assert/strict';
import { openBrowser } from './browser.js';

const { URL: url, EMAIL, PASSWORD } = process.env;
const { pathname } = new globalThis.URL(url);
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => {
    const path = new globalThis.URL(request.url()).pathname;
    if (!path.startsWith(pathname)) {
      complaints.push(`${path} is outside of ${pathname}`);
    }
  });
  await page.goto(`${url}/settings/developers?tier=public`);
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  assert.equal(await page.getByLabel('Tier').inputValue(), 'public');
  await page.getByRole('link', { name: 'Team' }).click();
  await page.getByRole('heading', { name: 'Team' }).waitFor();
  assert.equal(new globalThis.URL(page.url()).pathname, `${pathname}/settings/team`);
  await page.goBack();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
