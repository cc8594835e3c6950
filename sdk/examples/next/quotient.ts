import { QuotientServer } from "@quotientjs/server";

/** Of the server alone: the key is in no page. */
export const quotient = new QuotientServer({
  privateKey: process.env.QUOTIENT_PRIVATE_KEY ?? "",
  baseUrl: process.env.QUOTIENT_URL,
});
