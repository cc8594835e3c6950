import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

/** Debian's Chromium, which asks nobody for anything by itself. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.PATH.split(delimiter).map((directory) => join(directory, 'chromium')).find(existsSync),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
