package com.quotient.http;

/**
 * An application in the browser that this server serves beside the API: its files, and routes that ask for no key.
 *
 * @param basePath below which all of it stands, without a slash at the end
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
