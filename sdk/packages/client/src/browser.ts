/** What the bundle for script tags offers as the global `Quotient`. */
export { ApiClientError, QuotientClient } from "./index.js";
