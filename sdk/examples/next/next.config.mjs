const server = process.env.QUOTIENT_URL ?? "http://localhost:8080";

/** The script and the events under paths of the site's own. */
export default {
  rewrites: async () => [
    { source: "/q.js", destination: `${server}/sdk/quotient.browser.js` },
    { source: "/e", destination: `${server}/api/v0/analytics` },
  ],
};
