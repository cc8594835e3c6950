package com.quotient.analytics;

import static com.quotient.analytics.AnalyticsDatabase.config;
import static com.quotient.analytics.AnalyticsDatabase.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.analytics.IngestMessages.Store;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(config(
                    "analytics.maxBatchEvents", "10",
                    "analytics.maxBatchBytes", "100",
                    "ingest.maxQueuedEvents", "100",
                    "ingest.maxQueuedBytes", "1KiB",
                    "ingest.maxBusinessShare", "0.6")
            .ingest());

    @Test
    void eventsAreBoundedInAllAndForEachBusiness() {
        assertThat(admission.admit(request("a", 60, 1))).isTrue();
        assertThat(admission.admit(request("a", 1, 1))).isFalse();
        assertThat(admission.admit(request("b", 41, 1))).isFalse();
        assertThat(admission.admit(request("b", 40, 1))).isTrue();
        assertThat(admission.admit(request("c", 1, 1))).isFalse();
    }

    @Test
    void bytesAreBoundedInAllAndForEachBusiness() {
        assertThat(admission.admit(request("a", 1, 600))).isTrue();
        assertThat(admission.admit(request("a", 1, 15))).isFalse();
        assertThat(admission.admit(request("b", 1, 425))).isFalse();
        assertThat(admission.admit(request("b", 1, 424))).isTrue();
    }

    @Test
    void whatIsAnsweredMakesRoom() {
        Store request = request("a", 60, 600);
        assertThat(admission.admit(request)).isTrue();
        assertThat(admission.admit(request("a", 1, 1))).isFalse();
        admission.release(request);
        assertThat(admission.events()).isZero();
        assertThat(admission.bytes()).isZero();
        assertThat(admission.admit(request)).isTrue();
    }

    private static Store request(String business, int events, int bytes) {
        return new Store(business, Collections.nCopies(events, event(business, null)), bytes);
    }
}
