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

/** The type of a custom property, with the coercion of other values. */
enum PropertyType {
    /** Text; numbers and booleans become their JSON text. */
    TEXT("must be text of at most " + PropertyType.MAX_LENGTH + " characters.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            if (value.isNumber()) {
                JsonNode number = number(value.decimalValue());
                return number == null
                        ? null
                        : TextNode.valueOf(number.decimalValue().toPlainString());
            }
            String text = value.asText();
            return text.codePointCount(0, text.length()) > MAX_LENGTH ? null : TextNode.valueOf(text);
        }
    },
    /** A number, or a text that holds one. */
    NUMBER("must be a number of at most " + PropertyType.MAX_DIGITS + " digits, such as 42.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            return value.isNumber()
                    ? number(value.decimalValue())
                    : value.isTextual() ? number(value.textValue().strip()) : null;
        }
    },
    /** {@code true} or {@code false}, or a text that holds one. */
    BOOLEAN("must be true or false.") {
        @Override
        @Nullable
        JsonNode coerce(JsonNode value) {
            String text = value.asText().strip();
            boolean isTrue = text.equalsIgnoreCase("true");
            return isTrue || text.equalsIgnoreCase("false") ? BooleanNode.valueOf(isTrue) : null;
        }
    },
    /** A date, or a time with an offset, stored in UTC with milliseconds (ISO 8601). */
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

    /** Maximum characters of a text. */
    static final int MAX_LENGTH = 4096;

    /** Maximum digits of a number, so that stored numbers are not much longer than what was sent. */
    static final int MAX_DIGITS = 64;

    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final int MAX_YEAR = 9999;

    private final String rule;

    PropertyType(String rule) {
        this.rule = rule;
    }

    /** What a value must be, as the predicate of a sentence. */
    String rule() {
        return rule;
    }

    /**
     * The value coerced to this type, or null when that is not possible. {@code value} is a string, number or boolean.
     */
    abstract @Nullable JsonNode coerce(JsonNode value);

    /** Whether the number has at most {@link #MAX_DIGITS} digits in plain notation, in which Postgres writes it. */
    static boolean isShort(BigDecimal number) {
        long scale = number.scale();
        long before = Math.max(number.precision() - scale, 1);
        return before + Math.max(scale, 0) <= MAX_DIGITS;
    }

    private static @Nullable JsonNode number(String text) {
        try {
            return text.length() > MAX_NUMBER_LENGTH ? null : number(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable JsonNode number(BigDecimal number) {
        if (number.signum() == 0 && !isShort(number)) {
            return DecimalNode.ZERO; // Postgres would write all zeros of 0e-999.
        }
        return isShort(number) ? DecimalNode.valueOf(number) : null;
    }

    private static String day(LocalDate day) {
        requireYear(day.getYear());
        return day.toString();
    }

    private static String time(OffsetDateTime time) {
        // The year may differ in UTC.
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
