package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * All settings, typed and validated. Names and defaults are in {@code conf/application.json}; {@link Settings} reads
 * them and their overrides. Durations are written {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 90d};
 * sizes are bytes.
 */
public record Config(
        Data data,
        Database database,
        Http http,
        Budget budget,
        Management management,
        Auth auth,
        KeyFeed keyFeed,
        Usage usage,
        Ingest ingest,
        Analytics analytics,
        Audience audience,
        Memory memory,
        Webhook webhook,
        Idempotency idempotency,
        Blog blog,
        DashboardConfig dashboard,
        Metrics metrics,
        ProcessEnd process,
        Log log) {

    /** Validates what concerns several sections; each section validates itself. */
    public Config {
        log = log.resolved(database.isEmbedded());
        management = management.resolved(database.isEmbedded());
        if (process.stopDeadline().compareTo(http.shutdownDelay().plus(http.drainDeadline())) <= 0) {
            throw new InvalidSetting(
                    "process.stopDeadline must be longer than http.shutdownDelay and http.drainDeadline"
                            + " together, which are a part of every stop.");
        }
        if (ingest.maxQueuedEvents() * ingest.maxBusinessShare() < analytics.maxBatchEvents()
                || ingest.maxQueuedBytes().bytes() * ingest.maxBusinessShare() < analytics.maxBatchBytes()) {
            throw new InvalidSetting("The largest request that analytics.maxBatchEvents and analytics.maxBatchBytes"
                    + " allow must fit into one business's share of the queue: raise ingest.maxQueuedEvents,"
                    + " ingest.maxQueuedBytes or ingest.maxBusinessShare.");
        }
    }

    /** Where the embedded Postgres and the development credentials live. */
    public record Data(String directory) {
        public Data {
            try {
                Path unused = Path.of(directory);
            } catch (InvalidPathException e) {
                throw new InvalidSetting("data.directory is no path that can be used here (" + e.getReason()
                        + "); give another one, or set LC_ALL to C.UTF-8 if it has letters beyond ASCII.");
            }
        }
    }

    /** The database and the pools on it. An empty {@code url} means the embedded Postgres. */
    public record Database(
            String url,
            String passwordFile,
            Duration connectTimeout,
            Duration statementTimeout,
            Duration lockTimeout,
            Duration socketIdleTimeout,
            Duration poolWait,
            int poolQueue,
            Duration poolIdleTimeout,
            Duration maxLifetime,
            int lookupConnections,
            double maxBusinessShare,
            int featureConnections,
            int searchConnections,
            Duration searchTimeout,
            int bulkConnections,
            Duration bulkWait,
            int usageConnections,
            int webhookConnections,
            int maintenanceConnections,
            int dashboardConnections) {
        public Database {
            positive("database.connectTimeout", connectTimeout);
            positive("database.statementTimeout", statementTimeout);
            positive("database.lockTimeout", lockTimeout);
            positive("database.socketIdleTimeout", socketIdleTimeout);
            positive("database.poolWait", poolWait);
            range("database.poolQueue", poolQueue, 1, 1_000_000);
            positive("database.poolIdleTimeout", poolIdleTimeout);
            positive("database.maxLifetime", maxLifetime);
            if (poolIdleTimeout.multipliedBy(5).compareTo(socketIdleTimeout.multipliedBy(4)) > 0) {
                throw new InvalidSetting("database.poolIdleTimeout must be at most four fifths of"
                        + " database.socketIdleTimeout, so that no connection is closed while it is taken into use.");
            }
            range("database.lookupConnections", lookupConnections, 1, 1000);
            share("database.maxBusinessShare", maxBusinessShare);
            range("database.featureConnections", featureConnections, 1, 1000);
            range("database.searchConnections", searchConnections, 1, 1000);
            positive("database.searchTimeout", searchTimeout);
            range("database.bulkConnections", bulkConnections, 1, 1000);
            positive("database.bulkWait", bulkWait);
            range("database.usageConnections", usageConnections, 1, 1000);
            range("database.webhookConnections", webhookConnections, 1, 1000);
            range("database.maintenanceConnections", maintenanceConnections, 1, 1000);
            range("database.dashboardConnections", dashboardConnections, 1, 1000);
        }

        public boolean isEmbedded() {
            return url.isEmpty();
        }
    }

    /** The API's port and its limits. {@code instances} 0 means one event loop per core. */
    public record Http(
            String host,
            int port,
            int instances,
            int workers,
            int maxConnections,
            int maxConnectionsPerAddress,
            int maxStreams,
            Duration headerDeadline,
            Duration bodyDeadline,
            Duration writeDeadline,
            Duration keepAlive,
            int maxLineBytes,
            int maxHeaderBytes,
            int maxHeaders,
            int trustedProxies,
            Duration shutdownDelay,
            Duration drainDeadline,
            int maxPublicBodyBytes,
            int maxSecretBodyBytes,
            int maxCompressedStreams,
            String scriptAlias,
            String ingestAlias) {
        public Http {
            range("http.port", port, 0, 65535);
            range("http.instances", instances, 0, 1024);
            range("http.workers", workers, 1, 256);
            range("http.maxConnections", maxConnections, 1, 10_000_000);
            range("http.maxConnectionsPerAddress", maxConnectionsPerAddress, 0, 10_000_000);
            range("http.maxStreams", maxStreams, 1, 100_000);
            positive("http.headerDeadline", headerDeadline);
            positive("http.bodyDeadline", bodyDeadline);
            positive("http.writeDeadline", writeDeadline);
            positive("http.keepAlive", keepAlive);
            range("http.maxLineBytes", maxLineBytes, 256, 1 << 20);
            range("http.maxHeaderBytes", maxHeaderBytes, 256, 1 << 20);
            range("http.maxHeaders", maxHeaders, 16, 10_000);
            range("http.trustedProxies", trustedProxies, 0, 16);
            range("http.maxPublicBodyBytes", maxPublicBodyBytes, 1, 1 << 30);
            range("http.maxSecretBodyBytes", maxSecretBodyBytes, 1, 1 << 30);
            range("http.maxCompressedStreams", maxCompressedStreams, 1, 100_000);
            alias("http.scriptAlias", scriptAlias);
            alias("http.ingestAlias", ingestAlias);
            if (!scriptAlias.isEmpty() && scriptAlias.equals(ingestAlias)) {
                throw new InvalidSetting("http.scriptAlias and http.ingestAlias must be different paths.");
            }
        }
    }

    /**
     * The memory budgets of requests, by kind, and the share of one caller.
     *
     * @param trees for large bodies that are being parsed; it bounds how many are parsed at once
     * @param streamBytes what each streamed answer takes from {@code rows}
     */
    public record Budget(
            MemorySize heads,
            MemorySize bodies,
            MemorySize answers,
            MemorySize rows,
            MemorySize trees,
            int streamBytes,
            double maxBusinessShare,
            double maxAddressShare) {
        public Budget {
            range("budget.streamBytes", streamBytes, 1 << 16, 1 << 28);
            share("budget.maxBusinessShare", maxBusinessShare);
            share("budget.maxAddressShare", maxAddressShare);
        }

        /** The memory to parse a body of 1 MiB with the maximum number of values. */
        private static final long TREE_BYTES = 24 << 20;

        /** The number of workers that may parse large bodies at once; at least one. */
        public int parsersAtOnce(int workers) {
            return (int) Math.max(1, Math.min(workers, trees.bytes() / TREE_BYTES));
        }
    }

    /** The port of metrics and health; keep it inside the cluster. */
    public record Management(String host, int port, int maxConnections) {
        public Management {
            range("management.port", port, 0, 65535);
            range("management.maxConnections", maxConnections, 1, 100_000);
        }

        /** Resolves an empty host: loopback for development, which is with the embedded database. */
        private Management resolved(boolean development) {
            return host.isEmpty() ? new Management(development ? "127.0.0.1" : "0.0.0.0", port, maxConnections) : this;
        }
    }

    /** Validation of keys. */
    public record Auth(
            int callerCacheSize,
            int maxLookupsInFlight,
            SecretKeyInBrowser secretKeyInBrowser,
            Duration leaseSecret,
            Duration leasePublic) {
        public Auth {
            range("auth.callerCacheSize", callerCacheSize, 1, 10_000_000);
            range("auth.maxLookupsInFlight", maxLookupsInFlight, 1, 100_000);
            positive("auth.leaseSecret", leaseSecret);
            positive("auth.leasePublic", leasePublic);
        }
    }

    /** How a secret key from a browser is handled. */
    public enum SecretKeyInBrowser {
        REFUSE,
        WARN;

        @JsonCreator
        static SecretKeyInBrowser of(String name) {
            return choice("auth.secretKeyInBrowser", SecretKeyInBrowser.class, name);
        }
    }

    /** How the key table follows Postgres. */
    public record KeyFeed(
            Duration pollInterval, Duration answerDeadline, Duration reconnectDelay, Duration podTimeout) {
        public KeyFeed {
            positive("keyFeed.pollInterval", pollInterval);
            positive("keyFeed.answerDeadline", answerDeadline);
            positive("keyFeed.reconnectDelay", reconnectDelay);
            positive("keyFeed.podTimeout", podTimeout);
        }
    }

    /** Batching of last-used times and counts. */
    public record Usage(
            Duration handOverInterval,
            Duration flushInterval,
            int maxPendingKeys,
            int maxPendingRefusals,
            int maxRefusalsPerKey,
            Duration retention,
            Duration hourRetention,
            Duration refusalRetention) {
        public Usage {
            positive("usage.handOverInterval", handOverInterval);
            positive("usage.flushInterval", flushInterval);
            range("usage.maxPendingKeys", maxPendingKeys, 1, 100_000_000);
            range("usage.maxPendingRefusals", maxPendingRefusals, 1, 1_000_000);
            range("usage.maxRefusalsPerKey", maxRefusalsPerKey, 1, 10_000);
            positive("usage.retention", retention);
            atLeast("usage.hourRetention", hourRetention, Duration.ofDays(3));
            atLeast("usage.refusalRetention", refusalRetention, Duration.ofDays(1));
        }
    }

    /** The queue of events that wait for their group commit. */
    public record Ingest(
            int writers,
            int maxQueuedEvents,
            MemorySize maxQueuedBytes,
            double maxBusinessShare,
            int groupEvents,
            int groupBytes,
            Duration joinDelay,
            Duration maxWait) {
        public Ingest {
            range("ingest.writers", writers, 1, 64);
            range("ingest.maxQueuedEvents", maxQueuedEvents, 1, 10_000_000);
            share("ingest.maxBusinessShare", maxBusinessShare);
            range("ingest.groupEvents", groupEvents, 1, 10_000);
            range("ingest.groupBytes", groupBytes, 1, 1 << 28);
            positive("ingest.joinDelay", joinDelay);
            positive("ingest.maxWait", maxWait);
        }
    }

    /** Events: the limits of one request, and retention. */
    public record Analytics(
            int maxBatchBytes,
            int maxBatchEvents,
            int maxEventBytes,
            int maxEventDepth,
            int maxEventProperties,
            ClientAddressDetail clientAddress,
            Duration retention,
            Duration dedupeRetention,
            int partitionsAhead,
            Duration maintenanceInterval,
            int maxSeriesPoints,
            int fetchEvents,
            int fetchBytes) {
        public Analytics {
            range("analytics.maxBatchBytes", maxBatchBytes, 1, 1 << 28);
            range("analytics.maxBatchEvents", maxBatchEvents, 1, 10_000);
            range("analytics.maxEventBytes", maxEventBytes, 1, 1 << 24);
            range("analytics.maxEventDepth", maxEventDepth, 1, 500);
            range("analytics.maxEventProperties", maxEventProperties, 1, 10_000);
            atLeast("analytics.retention", retention, Duration.ofDays(8));
            atLeast("analytics.dedupeRetention", dedupeRetention, Duration.ofHours(24));
            range("analytics.partitionsAhead", partitionsAhead, 1, 60);
            positive("analytics.maintenanceInterval", maintenanceInterval);
            range("analytics.maxSeriesPoints", maxSeriesPoints, 1, 1_000_000);
            range("analytics.fetchEvents", fetchEvents, 1, 100_000);
            range("analytics.fetchBytes", fetchBytes, 1, 64 * 1024 * 1024);
        }
    }

    /** Imports of people: concurrency, and the limits of one file. */
    public record Audience(
            int maxImports,
            int maxImportsPerBusiness,
            int importThreads,
            int minImportRate,
            int maxImportRowBytes,
            int maxImportRejections,
            int maxImportInflation) {
        public Audience {
            range("audience.maxImports", maxImports, 1, 1000);
            range("audience.maxImportsPerBusiness", maxImportsPerBusiness, 1, 1000);
            range("audience.importThreads", importThreads, 1, 64);
            range("audience.minImportRate", minImportRate, 0, 1 << 30);
            range("audience.maxImportRowBytes", maxImportRowBytes, 1024, 1 << 24);
            range("audience.maxImportRejections", maxImportRejections, 0, 1_000_000_000);
            range("audience.maxImportInflation", maxImportInflation, 1, 10_000);
        }
    }

    /** Folders and documents: the limits of an answer. */
    public record Memory(int maxListItems, int readers) {
        public Memory {
            range("memory.readers", readers, 1, 1000);
            range("memory.maxListItems", maxListItems, 1, 100_000);
        }
    }

    /** The part of a caller's address that is stored with an event. */
    public enum ClientAddressDetail {
        FULL,
        /** IPv4 to /24, IPv6 to /48. */
        TRUNCATED,
        NONE;

        @JsonCreator
        static ClientAddressDetail of(String name) {
            return choice("analytics.clientAddress", ClientAddressDetail.class, name);
        }
    }

    /** Deliveries of webhooks. Limits are per server; {@code timeout} bounds a whole attempt. */
    public record Webhook(
            boolean allowPrivateAddresses,
            Duration pollInterval,
            int maxInFlight,
            int maxInFlightPerFlow,
            int lookupThreads,
            Duration timeout,
            Duration lease,
            Duration firstRetry,
            Duration maxRetryDelay,
            Duration giveUpAfter,
            int maxResponseBytes,
            Duration deadRetention) {
        public Webhook {
            positive("webhook.pollInterval", pollInterval);
            range("webhook.maxInFlight", maxInFlight, 1, 1000);
            range("webhook.maxInFlightPerFlow", maxInFlightPerFlow, 1, 1000);
            range("webhook.lookupThreads", lookupThreads, 4, 256);
            positive("webhook.timeout", timeout);
            if (lease.compareTo(timeout.multipliedBy(2)) < 0) {
                // The rest of the lease after an attempt covers the statements before and after it.
                throw new InvalidSetting("webhook.lease must be at least twice webhook.timeout, so that no two servers"
                        + " deliver the same webhook at the same time.");
            }
            positive("webhook.firstRetry", firstRetry);
            positive("webhook.maxRetryDelay", maxRetryDelay);
            positive("webhook.giveUpAfter", giveUpAfter);
            range("webhook.maxResponseBytes", maxResponseBytes, 0, 1 << 24);
            positive("webhook.deadRetention", deadRetention);
        }
    }

    /** Answers stored for retries with the same {@code Idempotency-Key}. */
    public record Idempotency(Duration retention, Duration lease, int maxAnswerBytes, Duration cleaningInterval) {
        public Idempotency {
            atLeast("idempotency.retention", retention, Duration.ofHours(1));
            positive("idempotency.lease", lease);
            range("idempotency.maxAnswerBytes", maxAnswerBytes, 1, 1 << 24);
            positive("idempotency.cleaningInterval", cleaningInterval);
        }
    }

    /**
     * Posts, and the cache of answers to reads of blogs.
     *
     * @param maxPostBytes maximum bytes of one post's Markdown, or of the text of its content tree
     * @param maxPostNodes maximum nodes of one post's content tree
     * @param contentWorkers threads that parse Markdown and content trees
     * @param contentQueue requests with content that wait for them; a business has at most
     *     {@code database.maxBusinessShare} of both
     * @param contentWait how long each of them waits
     * @param listPieceBytes bytes of posts in one chunk of a long list
     * @param cacheBytes bytes of all cached answers; 0% disables the cache
     * @param maxCachedAnswerBytes maximum bytes of one cached answer; a longer list is streamed
     * @param maxStaleness how long answers are used without contact to Postgres
     */
    public record Blog(
            int maxPostBytes,
            int maxPostNodes,
            int contentWorkers,
            int contentQueue,
            Duration contentWait,
            int listPieceBytes,
            MemorySize cacheBytes,
            int maxCachedAnswerBytes,
            Duration maxStaleness) {
        public Blog {
            range("blog.maxPostBytes", maxPostBytes, 1, 1 << 20);
            range("blog.maxPostNodes", maxPostNodes, 1, 1_000_000);
            range("blog.contentWorkers", contentWorkers, 1, 64);
            range("blog.contentQueue", contentQueue, 1, 100_000);
            positive("blog.contentWait", contentWait);
            range("blog.listPieceBytes", listPieceBytes, 1, 1 << 24);
            range("blog.maxCachedAnswerBytes", maxCachedAnswerBytes, 0, 1 << 28);
            positive("blog.maxStaleness", maxStaleness);
        }
    }

    /** {@code keyIdLabels}: how many key ids may become metric labels; 0 for none. */
    public record Metrics(int keyIdLabels) {
        public Metrics {
            range("metrics.keyIdLabels", keyIdLabels, 0, 10_000);
        }
    }

    /**
     * When the process ends by itself.
     *
     * @param eventLoopDeadline how long an event loop may be silent
     * @param stopDeadline how long a stop may take
     */
    public record ProcessEnd(Duration eventLoopDeadline, Duration stopDeadline) {
        public ProcessEnd {
            positive("process.eventLoopDeadline", eventLoopDeadline);
            positive("process.stopDeadline", stopDeadline);
        }
    }

    /**
     * {@code accessLinesPerSecond}: per event loop; -1 logs every request, 0 none. Server errors are never sampled
     * away.
     */
    public record Log(LogFormat format, LogLevel level, int accessLinesPerSecond, int queueSize) {
        public Log {
            range("log.accessLinesPerSecond", accessLinesPerSecond, -1, Integer.MAX_VALUE);
            range("log.queueSize", queueSize, 16, 1 << 24);
        }

        private Log resolved(boolean development) {
            return format == LogFormat.AUTO
                    ? new Log(development ? LogFormat.TEXT : LogFormat.JSON, level, accessLinesPerSecond, queueSize)
                    : this;
        }
    }

    /** Log levels, from least to most output. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG;

        @JsonCreator
        static LogLevel of(String name) {
            return choice("log.level", LogLevel.class, name);
        }
    }

    /** Lines for machines or for people. */
    public enum LogFormat {
        /**
         * Text with the embedded database, which is for development, otherwise JSON. A {@link Config} holds the choice.
         */
        AUTO,
        JSON,
        TEXT;

        @JsonCreator
        static LogFormat of(String name) {
            return choice("log.format", LogFormat.class, name);
        }
    }

    /** An invalid setting. The message is a sentence for the operator. */
    public static final class InvalidSetting extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public InvalidSetting(String message) {
            super(message);
        }
    }

    static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new InvalidSetting(name + " must be longer than zero.");
        }
    }

    private static void atLeast(String name, Duration value, Duration min) {
        if (value.compareTo(min) < 0) {
            throw new InvalidSetting(name + " must be at least " + min.toHours() + "h.");
        }
    }

    private static void share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new InvalidSetting(name + " must be above 0 and at most 1.");
        }
    }

    private static void alias(String name, String path) {
        if (!path.isEmpty() && !path.matches("(/[A-Za-z0-9._-]+)+")
                || path.matches("/(api|docs|sdk|problems|dashboard)(/.*)?")) {
            throw new InvalidSetting(name + " must be a path of letters, digits, dots, hyphens and slashes, such as /e,"
                    + " outside of /api, /docs, /sdk, /problems and /dashboard.");
        }
    }

    static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new InvalidSetting(name + " must be from " + min + " to " + max + ", not " + value + ".");
        }
    }

    private static <E extends Enum<E>> E choice(String name, Class<E> type, String value) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw new InvalidSetting(name + " must be one of "
                + String.join(
                        ", ",
                        java.util.Arrays.stream(type.getEnumConstants())
                                .map(e -> e.name().toLowerCase(Locale.ROOT))
                                .toList())
                + ", not \"" + value + "\".");
    }
}
