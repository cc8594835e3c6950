const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago an instant was, or how long until it comes, such as "3 minutes ago". */
export function relative(instant: string, now: number): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  return format.format(Math.trunc(seconds / size), unit);
}

/** The entries of a text, one on each line. */
export function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
}

/** Programs that send an event with a key: with the SDKs, with fetch, and in a shell. */
export function snippets(apiUrl: string, key: string): { name: string; code: string }[] {
  const url = `${apiUrl}/api/v0/analytics`;
  const isPublic = key.startsWith('pk_');
  const curl = `curl ${url} \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\${isPublic ? `\n  -H 'Origin: https://your-site.example' \\` : ''}
  -d '{"eventType": "hello"}'`;
  const script = `await fetch('${url}', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify({ eventType: 'hello' }),
});`;
  const tag = `<script src="${apiUrl}/sdk/quotient.browser.js"></script>
<script>
  const q = Quotient.QuotientClient.init({ apiKey: "${key}", baseUrl: "${apiUrl}" });
  q.analytics.event({ eventType: "pageView" });
</script>`;
  const react = `<QuotientProvider clientOptions={{ apiKey: "${key}", baseUrl: "${apiUrl}" }} autoTrackPageViews>
  <App />
</QuotientProvider>`;
  const sdk = isPublic ? [{ name: 'Web page', code: tag }, { name: 'React (@quotientjs/react)', code: react }] : [];
  return [...sdk, { name: 'JavaScript', code: script }, { name: 'curl', code: curl }];
}
