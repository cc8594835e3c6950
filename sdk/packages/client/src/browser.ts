/** The exports of the bundle for script tags, available as the global `Quotient`. */
export { ApiClientError, QuotientClient } from "./index.js";
