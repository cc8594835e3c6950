package com.quotient.flow;

import com.quotient.config.WebhookConfig;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Checks the receivers of a new flow. An address that is not public is refused. A name may resolve differently later,
 * or where the server runs, so a bad name is only a warning.
 */
final class ReceiverCheck {
    private static final long LOOKUP_DEADLINE_MILLIS = 3_000;
    private static final String ADVICE =
            ", and webhooks go to public addresses only; use another host, or set webhook.allowPrivateAddresses";

    private final boolean allowPrivate;
    private final Function<String, Future<List<InetAddress>>> resolver;

    ReceiverCheck(WebhookConfig config, Function<String, Future<List<InetAddress>>> resolver) {
        this.allowPrivate = config.allowPrivateAddresses();
        this.resolver = resolver;
    }

    /**
     * Warnings about webhooks that may not arrive.
     *
     * @throws FlowConflict when a step's host is an address that is not public
     */
    Future<List<String>> warnings(FlowSpec spec) {
        Map<String, Integer> names = new LinkedHashMap<>();
        List<Future<String>> warnings = new ArrayList<>();
        for (int i = 0; i < spec.steps().size(); i++) {
            if (spec.steps().get(i) instanceof Step.Webhook webhook) {
                Receiver receiver = Receiver.parse(webhook.url());
                refuse(i + 1, receiver);
                if (!receiver.canProveItself()) {
                    warnings.add(Future.succeededFuture("Step " + (i + 1) + " cannot be sent: TLS proves no host whose"
                            + " name has an underscore; use another name of " + receiver.host() + ", or http://."));
                } else if (receiver.address() == null) {
                    names.putIfAbsent(receiver.host(), i + 1);
                }
            }
        }
        names.forEach((host, step) -> warnings.add(warning(step, host)));
        return Future.all(warnings).map(all -> all.<String>list().stream()
                .filter(warning -> !warning.isEmpty())
                .toList());
    }

    private void refuse(int step, Receiver receiver) {
        boolean local = receiver.host().equals("localhost") || receiver.host().endsWith(".localhost");
        if (!allowPrivate && (local || receiver.address() != null && !PublicNetworks.contain(receiver.address()))) {
            throw new FlowConflict(
                    "Step " + step + " cannot be sent: " + receiver.host() + " is not a public address" + ADVICE + ".");
        }
    }

    /** Empty when the receiver looks good. */
    private Future<String> warning(int step, String host) {
        return resolver.apply(host)
                .timeout(LOOKUP_DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .map(addresses -> addresses.stream()
                        .filter(address -> !allowPrivate && !PublicNetworks.contain(address))
                        .map(address -> "Step " + step + " may not be sent: " + host + " leads to "
                                + address.getHostAddress() + ADVICE + ".")
                        .findFirst()
                        .orElse(""))
                .otherwise("Step " + step + " may not be sent: the host " + host
                        + " cannot be found from here; check its name.");
    }
}
