package com.quotient.http;

/**
 * A browser application that the server hosts beside the API: its files, and routes that need no API key.
 *
 * @param basePath the prefix of all its paths, without a trailing slash
 */
public record WebApp(String basePath, Routes routes, AppFiles files) {
    /** Whether a path belongs to it. */
    boolean owns(String path) {
        return path.startsWith(basePath)
                && (path.length() == basePath.length() || path.charAt(basePath.length()) == '/');
    }

    /** Whether a path that belongs to it is one of its routes, or looks like one. */
    boolean isRoute(String path) {
        return path.startsWith(routes.prefix())
                && (path.length() == routes.prefix().length()
                        || path.charAt(routes.prefix().length()) == '/');
    }
}
