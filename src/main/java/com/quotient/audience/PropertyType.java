package com.quotient.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.quotient.time.Times;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** What values a custom property takes, and how others become such. */
enum PropertyType {
    /** Text; numbers and booleans as they are written. */
    TEXT("must be text of at most " + PropertyType.MAX_LENGTH + " characters.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            String text = value.isNumber() ? value.decimalValue().toPlainString() : value.asText();
            return text.length() > MAX_LENGTH ? null : TextNode.valueOf(text);
        }
    },
    /** A number within the range of a double, also written as text. */
    NUMBER("must be a number, such as 42.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            if (value.isNumber()) {
                return value;
            }
            return value.isTextual() ? number(value.textValue().strip()) : null;
        }
    },
    /** {@code true} or {@code false}, also written as text. */
    BOOLEAN("must be true or false.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            String text = value.asText().strip();
            boolean isTrue = text.equalsIgnoreCase("true");
            return isTrue || text.equalsIgnoreCase("false") ? BooleanNode.valueOf(isTrue) : null;
        }
    },
    /** A day, or a time with an offset, which is kept in UTC with milliseconds (ISO-8601). */
    DATE("must be a date such as 2026-01-15, or a time such as 2026-01-15T10:30:00Z.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            String text = value.isTextual() ? value.textValue().strip() : "";
            try {
                return TextNode.valueOf(
                        text.indexOf('T') < 0 ? day(LocalDate.parse(text)) : time(OffsetDateTime.parse(text)));
            } catch (DateTimeException e) {
                return null;
            }
        }
    };

    /** Characters of one text. */
    static final int MAX_LENGTH = 4096;

    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final int MAX_YEAR = 9999;

    private final String rule;

    PropertyType(String rule) {
        this.rule = rule;
    }

    /** What a value must be: a sentence without its subject. */
    String rule() {
        return rule;
    }

    /** The value as this type stores it, or null when it cannot be one; {@code value} is a string, number or boolean. */
    abstract @Nullable JsonNode coerce(JsonNode value);

    private static @Nullable JsonNode number(String text) {
        if (text.length() > MAX_NUMBER_LENGTH) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            if (number.signum() == 0) {
                return DecimalNode.ZERO; // Postgres overflows on 0e99999.
            }
            double rounded = number.doubleValue();
            return rounded == 0 || Double.isInfinite(rounded) ? null : DecimalNode.valueOf(number);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String day(LocalDate day) {
        requireYear(day.getYear());
        return day.toString();
    }

    private static String time(OffsetDateTime time) {
        // In UTC it may be another year.
        requireYear(time.getYear());
        requireYear(time.plusDays(1).getYear());
        return Times.format(time.toInstant());
    }

    private static void requireYear(int year) {
        if (year < 1 || year > MAX_YEAR) {
            throw new DateTimeException("No year that clocks show");
        }
    }
}
