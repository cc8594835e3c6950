package com.quotient.json;

/**
 * A parsed JSON number: its digits, and the position of the decimal point. Postgres keeps a {@code jsonb} number as
 * {@code numeric}, with its value and the count of its digits behind the point, and writes it in plain form: 1e60 comes
 * back as 61 digits. So the length of the plain form is bounded, and what is long is written with an exponent again, by
 * the rule of ECMAScript ({@code Number::toString}): from 1e21 on, and below 1e-6.
 */
final class NumberText {

    /** A number of up to this many characters without an exponent is kept as it is. */
    private static final int SHORT = 20;

    /** The same for a number that begins with 0: 0.000001 has as many. */
    private static final int SHORT_FRACTION = 8;

    /** The maximum digits before the point in plain form. */
    private static final int MAX_WHOLE = 21;

    /** The maximum zeros between the point and the first other digit in plain form. */
    private static final int MAX_ZEROS = 5;

    /** Larger than any count of digits that matters, and far from overflow. */
    private static final int HUGE = 1_000_000;

    private final boolean negative;

    /** Without leading zeros, but for a zero's own digit. */
    private final String digits;

    /** The number of digits before the point; negative for zeros between the point and the first digit. */
    private final int point;

    private NumberText(boolean negative, String digits, int point) {
        this.negative = negative;
        this.digits = digits;
        this.point = point;
    }

    /** Whether the plain form has at most that many digits; {@code text} is a number by RFC 8259. */
    static boolean fits(char[] text, int offset, int length, int maxDigits) {
        return isShort(text, offset, length) || of(text, offset, length).plainDigits() <= maxDigits;
    }

    /** Appends the number as the server writes it: the same value, with the same digits behind the point. */
    static void append(StringBuilder target, char[] text, int offset, int length) {
        if (isShort(text, offset, length)) {
            target.append(text, offset, length);
        } else {
            of(text, offset, length).appendTo(target);
        }
    }

    private static boolean isShort(char[] text, int offset, int length) {
        int begin = text[offset] == '-' ? 1 : 0;
        if (length - begin > (text[offset + begin] == '0' ? SHORT_FRACTION : SHORT)) {
            return false;
        }
        for (int i = offset; i < offset + length; i++) {
            if (isExponentMark(text[i])) {
                return false;
            }
        }
        return true;
    }

    private static NumberText of(char[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = text[offset] == '-';
        int i = negative ? offset + 1 : offset;
        StringBuilder digits = new StringBuilder(length);
        int whole = -1;
        for (; i < end && !isExponentMark(text[i]); i++) {
            if (text[i] == '.') {
                whole = digits.length();
            } else {
                digits.append(text[i]);
            }
        }
        int point = (whole < 0 ? digits.length() : whole) + exponent(text, i + 1, end);
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        String significant = digits.substring(zeros);
        return new NumberText(negative && !significant.equals("0"), significant, point - zeros);
    }

    private static int exponent(char[] text, int begin, int end) {
        if (begin >= end) {
            return 0;
        }
        int exponent = 0;
        for (int i = begin; i < end; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                exponent = Math.min(HUGE, exponent * 10 + text[i] - '0');
            }
        }
        return text[begin] == '-' ? -exponent : exponent;
    }

    private static boolean isExponentMark(char c) {
        return c == 'e' || c == 'E';
    }

    private int plainDigits() {
        return Math.max(1, point) + fraction();
    }

    /** The digits after the point in plain form. */
    private int fraction() {
        return Math.max(0, digits.length() - point);
    }

    private void appendTo(StringBuilder target) {
        if (negative) {
            target.append('-');
        }
        if (point > 0 && digits.equals("0")) {
            target.append('0');
        } else if (point < -MAX_ZEROS) {
            appendScientific(target, digits);
        } else if (point > MAX_WHOLE && fraction() == 0) {
            appendWhole(target);
        } else {
            appendPlain(target);
        }
    }

    /** A long whole number: with an exponent if that is shorter. */
    private void appendWhole(StringBuilder target) {
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        int plain = target.length() + point;
        int begin = target.length();
        appendScientific(target, digits.substring(0, end));
        if (target.length() >= plain) {
            target.setLength(begin);
            appendPlain(target);
        }
    }

    private void appendScientific(StringBuilder target, String mantissa) {
        target.append(mantissa.charAt(0));
        if (mantissa.length() > 1) {
            target.append('.').append(mantissa, 1, mantissa.length());
        }
        target.append('e').append(point - 1);
    }

    private void appendPlain(StringBuilder target) {
        if (point <= 0) {
            target.append("0.").append("0".repeat(-point)).append(digits);
            return;
        }
        int whole = Math.min(point, digits.length());
        target.append(digits, 0, whole).append("0".repeat(point - whole));
        if (whole < digits.length()) {
            target.append('.').append(digits, whole, digits.length());
        }
    }
}
