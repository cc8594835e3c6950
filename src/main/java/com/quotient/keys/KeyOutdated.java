package com.quotient.keys;

/** A change of a key that was changed after it was read. */
public final class KeyOutdated extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient KeyDetails current;

    KeyOutdated(KeyDetails current) {
        super(
                "Key " + current.id() + " was changed meanwhile; look at what it is now, and change it again.",
                null,
                false,
                false);
        this.current = current;
    }

    /** The key as it is now. */
    public KeyDetails current() {
        return current;
    }
}
