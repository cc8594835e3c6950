import { QuotientProvider } from "@quotientjs/react";
import type { ReactNode } from "react";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <QuotientProvider
          clientOptions={{
            apiKey: process.env.NEXT_PUBLIC_QUOTIENT_KEY ?? "",
            baseUrl: process.env.NEXT_PUBLIC_QUOTIENT_URL,
          }}
          autoTrackPageViews
        >
          {children}
        </QuotientProvider>
      </body>
    </html>
  );
}
