package com.quotient.dashboard;

import com.quotient.config.Config;
import com.quotient.config.DashboardConfig;
import com.quotient.http.ApiRequest;
import com.quotient.origin.Origin;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The address of the dashboard as the browser sees it: from the settings, or else from the request. */
final class Place {
    private final DashboardConfig config;
    private final boolean https;
    private final @Nullable Origin publicOrigin;

    Place(Config config) {
        this.config = config.dashboard();
        this.https = config.isDashboardHttps();
        this.publicOrigin = this.config.publicUrl().isEmpty() ? null : Origin.parse(origin(this.config.publicUrl()));
    }

    /** Whether browsers reach the dashboard only by https. */
    boolean isHttps() {
        return https;
    }

    /** Whether the {@code Origin} header names this server. */
    boolean isOwnOrigin(ApiRequest request) {
        String header = request.origin();
        Origin sent = header == null ? null : Origin.parse(header);
        if (sent == null) {
            return false;
        }
        // Without the setting and TLS, the server cannot know whether a proxy speaks https to the browser.
        return publicOrigin == null
                ? (sent.scheme().equals("https") || sent.scheme().equals("http") && !https)
                        && sent.equals(Origin.parse(sent.scheme() + "://" + request.host()))
                : sent.equals(publicOrigin);
    }

    /** The address of the dashboard, without a slash at the end. */
    String url(ApiRequest request) {
        return config.publicUrl().isEmpty()
                ? (https ? "https://" : "http://") + request.host() + config.basePath()
                : config.publicUrl();
    }

    /** The address of the API without {@code /api/v0}. A path that a proxy adds is the same for both. */
    String apiUrl(ApiRequest request) {
        String url = url(request);
        return url.endsWith(config.basePath())
                ? url.substring(0, url.length() - config.basePath().length())
                : origin(url);
    }

    /** Whether others can read the traffic: plain http from another computer. */
    boolean isInsecure(ApiRequest request) {
        if (https) {
            return false;
        }
        Origin origin = Origin.parse("http://" + request.host());
        String host = origin == null ? "" : origin.host();
        return !(host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]"));
    }

    private static String origin(String url) {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
