package com.quotient.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keys that differ in nothing but their number, which begins at 0.
 *
 * @param name sets it apart from other sets
 * @param tier {@code pk} or {@code sk}
 * @param count how many there are
 * @param rules how many origin rules each has; a domain of its own each
 * @param scope the only scope
 * @param dailyLimit how many requests a day each may make; 0 for any number
 */
public record KeySet(String name, String tier, int count, int rules, String scope, int dailyLimit) {

    /** Public keys with one origin rule, as most are. */
    public static KeySet publicKeys(int count) {
        return new KeySet("page", "pk", count, 1, "ALL", 0);
    }

    public KeySet withRules(int number) {
        return new KeySet(name, tier, count, number, scope, dailyLimit);
    }

    public String key(int number) {
        return tier + "_" + hex(name + number).substring(0, 40);
    }

    /** The last of the rules of a key. */
    public String rule(int number) {
        return "shop" + number + "-" + rules + ".com";
    }

    /** An origin that only the last rule of the key allows. */
    public String origin(int number) {
        return "https://www." + rule(number);
    }

    private static String hex(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
