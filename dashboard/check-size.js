// Holds what a browser downloads to its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

for (const [name, limit] of [['app.js', 120_000], ['app.css', 15_000]]) {
  const size = gzipSync(readFileSync(new URL(`../src/main/resources/dashboard/${name}`, import.meta.url))).length;
  console.log(`${name}: ${size} of ${limit} bytes, compressed`);
  if (size > limit) {
    process.exitCode = 1;
  }
}
