package com.quotient.keys;

/**
 * Who changes a key, as recorded in the audit.
 *
 * @param name a user's id or the name of a tool
 * @param source where the change comes from: a network address or a host name
 */
public record Actor(String name, String source) {}
