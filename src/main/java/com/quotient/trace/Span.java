package com.quotient.trace;

/** A step of a trace. It may not be sampled; then it only passes the trace on. Thread-safe. */
public interface Span {
    /** The trace with this span as the parent, for whatever it calls. */
    TraceParent context();

    /** Whether it is sampled, so that its attributes are worth computing. */
    boolean isRecording();

    void rename(String name);

    /** An attribute, by the names of OpenTelemetry's semantic conventions. Never a key, a query or a body. */
    Span with(String name, String value);

    Span with(String name, long value);

    /**
     * Ends the span as a failure.
     *
     * @param type from a small set, such as a status or the name of an exception
     */
    void fail(String type);

    void end();
}
