package com.quotient.business;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a user may do in a business; each role may do what those before it may. */
public enum Role {
    /** Looks at everything. */
    VIEWER,
    /** Makes and changes what belongs to the business. */
    MEMBER,
    /** Decides who belongs to the team. */
    OWNER;

    /** The name in the database and on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this role may do what needs that one. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The role of that name, or null. */
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
