package com.quotient.business;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A user's role in a business. Each role includes the ones before it. */
public enum Role {
    /** May read everything. */
    VIEWER,
    /** May also create and change what belongs to the business. */
    MEMBER,
    /** May also manage the team. */
    OWNER;

    /** The name in the database and on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this role includes the other one. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The role with this name, or null. */
    public static @Nullable Role named(@Nullable String wireName) {
        for (Role role : values()) {
            if (role.wireName().equals(wireName)) {
                return role;
            }
        }
        return null;
    }

    static Role of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
