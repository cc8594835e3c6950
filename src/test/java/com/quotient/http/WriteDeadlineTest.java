package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** The connections of both ports have it. */
class WriteDeadlineTest {
    private static final long DEADLINE_MILLIS = 30_000;
    /** Above the mark from which a channel is not writable. */
    private static final int MUCH = 100_000;

    private final LongAdder stalled = new LongAdder();
    private final EmbeddedChannel channel = new EmbeddedChannel(new WriteDeadline(DEADLINE_MILLIS, stalled));

    @Test
    void connectionThatTakesNothingIsResetAfterTheDeadline() {
        channel.freezeTime();
        var unused = channel.write(Unpooled.wrappedBuffer(new byte[MUCH]));
        channel.runPendingTasks();
        assertThat(channel.isWritable()).isFalse();

        pass(DEADLINE_MILLIS - 1);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(stalled.sum()).isEqualTo(1);
    }

    @Test
    void connectionThatIsReadAgainIsLeftAlone() {
        channel.freezeTime();
        var unused = channel.write(Unpooled.wrappedBuffer(new byte[MUCH]));
        pass(DEADLINE_MILLIS - 1);
        channel.flush();
        pass(DEADLINE_MILLIS);

        assertThat(channel.isOpen()).isTrue();
        assertThat(stalled.sum()).isZero();
        channel.finishAndReleaseAll();
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }
}
