package com.quotient.keys;

import com.quotient.id.Base62;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text form of keys. Accepted keys match {@code ^(pk|sk)_[A-Za-z0-9_-]{20,40}$}, so that existing keys can be
 * imported. Issued keys consist of the prefix, 34 random Base62 characters (202 bits), and the CRC-32 of all that in 6
 * Base62 characters. The checksum is for secret scanners; authentication does not check it.
 */
public final class KeyFormat {
    private static final int PREFIX_LENGTH = 3;
    private static final int RANDOM_LENGTH = 34;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int ISSUED_LENGTH = PREFIX_LENGTH + RANDOM_LENGTH + CHECKSUM_LENGTH;
    private static final int MIN_LENGTH = PREFIX_LENGTH + 20;
    private static final int MAX_LENGTH = PREFIX_LENGTH + 40;

    private KeyFormat() {}

    /** A new key. */
    public static String issue(KeyTier tier, SecureRandom random) {
        String body = tier.prefix() + '_' + Base62.random(RANDOM_LENGTH, random);
        return body + checksum(body);
    }

    /** The tier of a well-formed key, or null if the text is not one. */
    public static @Nullable KeyTier tier(String text) {
        int length = text.length();
        if (length < MIN_LENGTH || length > MAX_LENGTH || text.charAt(1) != 'k' || text.charAt(2) != '_') {
            return null;
        }
        for (int i = PREFIX_LENGTH; i < length; i++) {
            char c = text.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
            if (!allowed) {
                return null;
            }
        }
        return switch (text.charAt(0)) {
            case 'p' -> KeyTier.PUBLIC;
            case 's' -> KeyTier.SECRET;
            default -> null;
        };
    }

    /** Whether the checksum says that a key was issued here. Imported keys have none. */
    public static boolean hasValidChecksum(String key) {
        return key.length() == ISSUED_LENGTH
                && tier(key) != null
                && key.endsWith(checksum(key.substring(0, key.length() - CHECKSUM_LENGTH)));
    }

    /** Whether a text contains a private key whose checksum says that it was issued here. */
    public static boolean holdsSecret(String text) {
        String prefix = KeyTier.SECRET.prefix() + '_';
        for (int at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + PREFIX_LENGTH)) {
            int end = at + ISSUED_LENGTH;
            if (end <= text.length()
                    && Base62.isAll(text, at + PREFIX_LENGTH, end)
                    && hasValidChecksum(text.substring(at, end))) {
                return true;
            }
        }
        return false;
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return Base62.encode(crc.getValue(), CHECKSUM_LENGTH);
    }
}
