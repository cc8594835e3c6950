package com.quotient.ops;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.FilterReply;
import com.quotient.config.LogConfig;
import com.quotient.config.LogFormat;
import java.util.concurrent.atomic.LongAdder;
import net.logstash.logback.encoder.LogstashEncoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Logs to standard output, as JSON lines or as text, through a bounded queue that never blocks an event loop: if it is
 * full, a line is dropped and counted.
 */
public final class Logging {
    private static final LongAdder DROPPED = new LongAdder();

    private Logging() {}

    /** Replaces whatever was configured. */
    public static void configure(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder(context, config.format()));
        console.start();
        AsyncAppender queue = new DroppingQueue();
        queue.setContext(context);
        queue.setQueueSize(config.queueSize());
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(console);
        queue.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(queue);
        // Every caught error is logged, so this sees the end of memory wherever it occurs.
        context.addTurboFilter(new ErrorWatch());
        Level level = Level.toLevel(config.level().name());
        context.getLogger("com.quotient").setLevel(level);
        context.getLogger("access").setLevel(Level.INFO);
    }

    /** For the command line: warnings and errors only, as text, on standard error. */
    public static void configureForCommands() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, LogFormat.TEXT));
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.ERROR);
        root.addAppender(console);
    }

    /** Writes the queued lines; nothing is logged afterwards. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    /** Lines lost to a full queue. */
    static long dropped() {
        return DROPPED.sum();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
        if (format == LogFormat.JSON) {
            LogstashEncoder json = new LogstashEncoder();
            json.setContext(context);
            json.setIncludeMdc(false);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg %kvp%n");
        text.start();
        return text;
    }

    private static final class ErrorWatch extends TurboFilter {
        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] parameters,
                @Nullable Throwable failure) {
            if (failure != null) {
                ProcessEnd.onError(failure);
            }
            return FilterReply.NEUTRAL;
        }
    }

    private static final class DroppingQueue extends AsyncAppender {
        @Override
        protected void append(ILoggingEvent event) {
            if (getRemainingCapacity() == 0) {
                DROPPED.increment();
            }
            super.append(event);
        }
    }
}
