package com.quotient.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.quotient.testing.ApiDescription;
import com.quotient.testing.NeedsChromium;
import com.quotient.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page {@code /docs} in Chromium. */
@ExtendWith(NeedsChromium.class)
class ReferencePageTest {
    private static final String OPERATION = ".opblock";

    @Test
    void pageShowsEveryOperationAndAsksNobodyElse() {
        int operations = 0;
        for (var path : ApiDescription.document().path("paths")) {
            operations += path.size() - (path.has("parameters") ? 1 : 0);
        }
        try (TestServer server = TestServer.start();
                Playwright playwright = Playwright.create();
                Browser browser = playwright.chromium().launch(BrowserTest.LAUNCH)) {
            Page page = browser.newPage();
            List<String> requests = new ArrayList<>();
            List<String> complaints = new ArrayList<>();
            page.onRequest(request -> requests.add(request.url()));
            page.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
            page.onPageError(complaints::add);

            page.navigate(server.uri("/docs").toString());
            page.waitForSelector(OPERATION);
            page.click(OPERATION + " button");
            page.waitForSelector(OPERATION + ".is-open .responses-wrapper");

            assertThat(page.locator(OPERATION).count()).isEqualTo(operations);
            assertThat(page.locator("#api").innerText()).doesNotContain("Resolver error", "Failed to load");
            // An image in the style sheet is part of it.
            assertThat(requests).allSatisfy(url -> assertThat(url)
                    .matches(asked -> asked.startsWith(server.uri("/").toString()) || asked.startsWith("data:")));
            assertThat(complaints).isEmpty();
        }
    }
}
