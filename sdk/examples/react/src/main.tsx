import { QuotientProvider } from "@quotientjs/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Shop } from "./shop";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QuotientProvider clientOptions={{ apiKey: "pk_…", baseUrl: "http://localhost:8080" }} autoTrackPageViews>
      <Shop />
    </QuotientProvider>
  </StrictMode>,
);
