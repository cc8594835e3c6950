package com.quotient.audience;

import com.quotient.http.Members;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A company as a request describes it.
 *
 * @param domain in the form of {@link Domain}
 * @param given the values of the members that were sent; null clears a member, an absent member stays unchanged
 */
record CompanyDraft(String domain, Map<Member, @Nullable Object> given, PropertyValues properties) {
    private static final int MAX_URL = 2048;
    private static final int MAX_INDUSTRIES = 50;
    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    /** The optional members: the name on the wire and the column with its type. */
    enum Member {
        NAME("name", "name", "text", 255),
        DESCRIPTION("description", "description", "text", 10_000),
        INDUSTRIES("industries", "industries", "text[]", 100),
        REVENUE("revenue", "revenue", "numeric", 0),
        REVENUE_CURRENCY("revenueCurrency", "revenue_currency", "text", 3),
        TOTAL_EMPLOYEES("totalEmployees", "total_employees", "bigint", 0),
        ADDRESS1("address1", "address1", "text", 255),
        ADDRESS2("address2", "address2", "text", 255),
        CITY("city", "city", "text", 255),
        REGION_CODE("regionCode", "region_code", "text", 50),
        COUNTRY("country", "country", "text", 100),
        ZIP("zip", "zip", "text", 50),
        LINKEDIN("socialLinkLinkedIn", "linkedin", "text", MAX_URL);

        final String wireName;
        final String column;
        final String columnType;
        private final int maxLength;

        Member(String wireName, String column, String columnType, int maxLength) {
            this.wireName = wireName;
            this.column = column;
            this.columnType = columnType;
            this.maxLength = maxLength;
        }

        private @Nullable Object read(Members members) {
            return switch (this) {
                case INDUSTRIES -> industries(members);
                case REVENUE -> revenue(members);
                case REVENUE_CURRENCY -> currency(members);
                case TOTAL_EMPLOYEES -> members.integer(wireName, 0, Integer.MAX_VALUE);
                default -> members.text(wireName, maxLength);
            };
        }

        private @Nullable BigDecimal revenue(Members members) {
            BigDecimal revenue = members.number(wireName, BigDecimal.ZERO);
            if (revenue != null && !PropertyType.isShort(revenue)) {
                members.fault(wireName, "must have at most " + PropertyType.MAX_DIGITS + " digits.");
            }
            return revenue;
        }

        private String @Nullable [] industries(Members members) {
            List<String> industries = members.texts(wireName, MAX_INDUSTRIES, maxLength);
            return industries == null ? null : industries.toArray(String[]::new);
        }

        private @Nullable String currency(Members members) {
            String given = members.text(wireName, MAX_URL);
            if (given == null || given.isEmpty()) {
                return given;
            }
            String code = given.strip().toUpperCase(Locale.ROOT);
            if (!CURRENCIES.contains(code)) {
                members.fault(wireName, "must be a currency code of ISO 4217, such as EUR.");
            }
            return code;
        }
    }

    /**
     * Reads a draft.
     *
     * @throws com.quotient.problem.ProblemException a 400 that names every fault
     */
    static CompanyDraft from(Members members) {
        String text = members.requiredText("domain", MAX_URL);
        String domain = text.isBlank() ? null : Domain.of(text);
        if (domain == null && !text.isBlank()) {
            members.fault("domain", "must be a domain such as example.com.");
        }
        Map<Member, @Nullable Object> given = new LinkedHashMap<>();
        for (Member member : Member.values()) {
            if (members.has(member.wireName)) {
                given.put(member, member.read(members));
            }
        }
        PropertyValues properties = PropertyValues.from(members);
        members.check();
        return new CompanyDraft(String.valueOf(domain), given, properties);
    }
}
