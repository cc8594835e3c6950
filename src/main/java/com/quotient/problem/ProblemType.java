package com.quotient.problem;

import java.util.Locale;

/** Every type of problem: its HTTP status, its title, and what the caller can do about it. */
public enum ProblemType {
    INVALID_REQUEST(
            400,
            "The request is not valid",
            "The body, the query or a header is not as the endpoint needs it; `issues` names each fault by its path."),
    UNKNOWN_PROPERTY(
            400, "Unknown property", "Define the custom properties listed in `properties` before you send them."),
    UNKNOWN_LIST(400, "Unknown list", "Create the lists whose slugs stand in `lists` before you name them."),
    NOT_A_FOLDER(400, "Not a folder", "The path names a document; read it, or list its folder."),
    NOT_A_DOCUMENT(400, "Not a document", "The path names a folder; list it, or read a document in it."),
    FLOW_NOT_TRIGGERABLE(
            400, "The flow cannot be triggered", "Only an active flow with a programmatic trigger can be triggered."),
    UNAUTHORIZED(
            401,
            "A valid API key is required",
            "Send `Authorization: Bearer <key>` once, with a key that is active. `reason` says whether a known key is"
                    + " expired, revoked or disabled."),
    SIGN_IN_REQUIRED(401, "Nobody is signed in", "Sign in to the dashboard; a session ends when it is not used."),
    SIGN_IN_FAILED(401, "The sign-in has failed", "Check the e-mail address and the password, and try again."),
    SCOPE_MISMATCH(
            403,
            "The key lacks a scope",
            "Use a key that holds one of `requiredScopes`; `scopes` lists what this one holds."),
    ORIGIN_NOT_ALLOWED(
            403,
            "The origin is not allowed",
            "Add the page's origin to the key's allowed origins, or use another key."),
    ORIGIN_REQUIRED(
            403,
            "An origin is required",
            "The key is bound to origins and the request carried none. Call from an allowed page, use a private key on"
                    + " a server, or let the key allow a missing origin."),
    IP_NOT_ALLOWED(403, "The address is not allowed", "Add the caller's address to the key's allowed networks."),
    KEY_TYPE_NOT_ALLOWED(
            403, "The key's type is not allowed here", "The endpoint takes private (`sk_`) keys only, from a server."),
    SECRET_KEY_IN_BROWSER(
            403,
            "A private key was sent by a browser",
            "A private key in a page is public. Rotate it now, and use a public (`pk_`) key in the browser."),
    ROLE_NOT_ALLOWED(
            403, "The role does not allow this", "Ask an owner of the business to do it, or for another role."),
    PRIVATE_KEYS_NOT_ALLOWED(
            403,
            "Private keys are not allowed in the dashboard",
            "No role allows it. Use `quotient key create --type private` or `quotient key rotate`, or have the operator set"
                    + " `dashboard.privateKeys` to `true`."),
    NOT_FROM_DASHBOARD(
            403,
            "The request does not come from the dashboard",
            "Reload the page. Behind a proxy, set `dashboard.publicUrl` to the address that browsers show."),
    NOT_FOUND(404, "Not found", "Nothing is there, or it belongs to another business. Check the path and the id."),
    METHOD_NOT_ALLOWED(405, "The method is not allowed", "The `Allow` header lists the methods of this path."),
    REQUEST_TIMEOUT(408, "The request took too long to arrive", "Send the whole body within the deadline."),
    CONFLICT(409, "Conflict", "Something with this name exists, or the same request is still running."),
    PRECONDITION_FAILED(
            412, "Another version is there", "Read it again, and repeat the change with the `ETag` of that answer."),
    PAYLOAD_TOO_LARGE(413, "The body is too large", "Send at most `limit` bytes, counted after inflation."),
    URI_TOO_LONG(414, "The request line is too long", "Shorten the path and the query."),
    UNSUPPORTED_MEDIA_TYPE(
            415, "The media type is not supported", "Send JSON as `application/json`, plain or with `gzip`."),
    IDEMPOTENCY_KEY_REUSED(
            422, "The idempotency key was used before", "Use a new `Idempotency-Key` for a different request."),
    RATE_LIMITED(429, "Too many requests", "Wait as long as `Retry-After` says."),
    HEADERS_TOO_LARGE(431, "The headers are too large", "Send fewer or shorter headers."),
    INTERNAL(
            500,
            "Internal error",
            "The fault is the server's. Try again; if it fails again, give the operator the `X-Request-Id`."),
    UNAVAILABLE(503, "Temporarily unavailable", "The database cannot be reached. Try again after `Retry-After`."),
    OVERLOADED(503, "Overloaded", "The server has reached a limit. Try again after `Retry-After`.");

    private final int status;
    private final String title;
    private final String advice;
    private final String uri;

    ProblemType(int status, String title, String advice) {
        this.status = status;
        this.title = title;
        this.advice = advice;
        this.uri = "/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether only the dashboard uses this type, and never the API. */
    public boolean isOfDashboard() {
        return switch (this) {
            case SIGN_IN_REQUIRED, SIGN_IN_FAILED, ROLE_NOT_ALLOWED, PRIVATE_KEYS_NOT_ALLOWED, NOT_FROM_DASHBOARD ->
                true;
            default -> false;
        };
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** What to do about it; Markdown. */
    public String advice() {
        return advice;
    }

    /** The stable URI reference that stands in {@code type}; the server explains the problem there. */
    public String uri() {
        return uri;
    }
}
