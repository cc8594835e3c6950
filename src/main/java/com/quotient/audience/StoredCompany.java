package com.quotient.audience;

import com.quotient.json.JsonText;
import com.quotient.time.Times;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored company.
 *
 * @param properties the values by name, as a JSON object
 */
record StoredCompany(
        String id,
        String domain,
        @Nullable String name,
        @Nullable String description,
        List<String> industries,
        @Nullable BigDecimal revenue,
        @Nullable String revenueCurrency,
        @Nullable Long totalEmployees,
        @Nullable String address1,
        @Nullable String address2,
        @Nullable String city,
        @Nullable String regionCode,
        @Nullable String country,
        @Nullable String zip,
        @Nullable String socialLinkLinkedIn,
        String properties,
        Instant createdAt,
        Instant updatedAt) {

    /** The company on the wire. */
    String json() {
        JsonText json = new JsonText().startObject();
        json.name("id").string(id).name("domain").string(domain);
        Wire.text(json, "name", name);
        Wire.text(json, "description", description);
        Wire.texts(json, "industries", industries);
        json.name("revenue").raw(revenue == null ? "null" : revenue.toPlainString());
        Wire.text(json, "revenueCurrency", revenueCurrency);
        json.name("totalEmployees").raw(String.valueOf(totalEmployees));
        Wire.text(json, "address1", address1);
        Wire.text(json, "address2", address2);
        Wire.text(json, "city", city);
        Wire.text(json, "regionCode", regionCode);
        Wire.text(json, "country", country);
        Wire.text(json, "zip", zip);
        Wire.text(json, "socialLinkLinkedIn", socialLinkLinkedIn);
        json.name("properties").jsonb(properties);
        json.name("createdAt").string(Times.format(createdAt));
        json.name("updatedAt").string(Times.format(updatedAt));
        return json.endObject().toString();
    }
}
