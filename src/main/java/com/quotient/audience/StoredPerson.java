package com.quotient.audience;

import com.quotient.json.JsonText;
import com.quotient.time.Times;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored person.
 *
 * @param companyId the company of the email domain, or null
 * @param lists the slugs of the lists, sorted
 * @param properties the values by name, as a JSON object
 */
record StoredPerson(
        String id,
        String email,
        SubscriptionStatus status,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String jobTitle,
        int leadScore,
        @Nullable String companyId,
        List<String> lists,
        String properties,
        Instant createdAt,
        Instant updatedAt) {

    /** The person on the wire. */
    String json() {
        JsonText json = new JsonText().startObject();
        json.name("id").string(id).name("emailAddress").string(email);
        json.name("emailSubscriptionStatus").string(status.name());
        Wire.text(json, "firstName", firstName);
        Wire.text(json, "lastName", lastName);
        Wire.text(json, "jobTitle", jobTitle);
        json.name("leadScore").raw(Integer.toString(leadScore));
        Wire.text(json, "companyId", companyId);
        Wire.texts(json, "lists", lists);
        json.name("properties").jsonb(properties);
        json.name("createdAt").string(Times.format(createdAt));
        json.name("updatedAt").string(Times.format(updatedAt));
        return json.endObject().toString();
    }
}
