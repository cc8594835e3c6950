package com.quotient.blog;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.blog.BlogCache.Kept;
import com.quotient.config.BlogConfig;
import com.quotient.config.MemorySize;
import com.quotient.http.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlogCacheTest {
    private static final BlogCache.Key KEY = new BlogCache.Key("biz_1", true, "/list");
    private static final int BYTES = 100_000;
    private static final int MAX_ANSWER_BYTES = 10_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final BlogCache cache = new BlogCache(config(BYTES), nanos::get);
    private int reads;

    @BeforeEach
    void confirm() {
        cache.confirm(nanos.get());
    }

    @Test
    void anAnswerIsReadOnceUntilSomethingChanges() {
        read(KEY);
        read(KEY);
        assertThat(reads).isEqualTo(1);

        cache.changed("biz_2");
        read(KEY);
        assertThat(reads).isEqualTo(1);

        cache.changed("biz_1");
        read(KEY);
        assertThat(reads).isEqualTo(2);

        cache.allChanged();
        read(KEY);
        assertThat(reads).isEqualTo(3);
    }

    @Test
    void answersAreCachedByTierAndTarget() {
        read(KEY);
        read(new BlogCache.Key("biz_1", false, "/list"));
        read(new BlogCache.Key("biz_1", true, "/tags"));
        read(new BlogCache.Key("biz_2", true, "/list"));

        assertThat(reads).isEqualTo(4);
    }

    @Test
    void anAnswerOvertakenByAChangeIsNotCached() {
        Promise<Fresh<Kept>> slow = Promise.promise();
        cache.answer(KEY, slow::future);
        cache.changed("biz_1");
        slow.complete(fresh(10, Long.MAX_VALUE));

        read(KEY);

        assertThat(reads).isEqualTo(1);
    }

    @Test
    void anAnswerIsKeptUntilTheNextPublicationCountedFromTheStartOfItsReading() {
        cache.answer(KEY, () -> {
            nanos.addAndGet(Duration.ofMillis(5).toNanos());
            return Future.succeededFuture(fresh(10, 10));
        });
        nanos.addAndGet(Duration.ofMillis(5).toNanos() - 1);
        read(KEY);
        assertThat(reads).isZero();

        nanos.addAndGet(1);
        read(KEY);
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void nothingIsAnsweredFromTheCacheWhileChangesAreUnknown() {
        BlogCache unconfirmed = new BlogCache(config(BYTES), nanos::get);
        read(unconfirmed, KEY, 10);
        read(unconfirmed, KEY, 10);
        assertThat(reads).isEqualTo(2);
        assertThat(unconfirmed.ageSeconds()).isInfinite();

        read(KEY);
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        read(KEY);
        assertThat(reads).isEqualTo(3);
        nanos.addAndGet(1);
        read(KEY);
        assertThat(reads).isEqualTo(4);
        assertThat(cache.ageSeconds()).isEqualTo(300, Offset.offset(0.001));

        cache.confirm(nanos.get());
        read(KEY);
        assertThat(reads).isEqualTo(4);
    }

    @Test
    void bytesAreBounded() {
        for (int i = 0; i < 1000; i++) {
            read(cache, new BlogCache.Key("biz_1", true, "/list?page=" + i), 1000);
            assertThat(cache.bytes()).isLessThanOrEqualTo(BYTES);
        }
        assertThat(cache.bytes()).isGreaterThan(BYTES / 2);
        long before = cache.bytes();
        reads = 0;
        read(cache, new BlogCache.Key("biz_1", true, "/large"), MAX_ANSWER_BYTES + 1);
        read(cache, new BlogCache.Key("biz_1", true, "/large"), MAX_ANSWER_BYTES + 1);
        assertThat(reads).isEqualTo(2);
        assertThat(cache.bytes()).isEqualTo(before);

        BlogCache none = new BlogCache(config(0), nanos::get);
        none.confirm(nanos.get());
        read(none, KEY, 1);
        assertThat(none.bytes()).isZero();
    }

    @Test
    void concurrentRequestsShareOneReadUnlessSomethingChanged() {
        Promise<Fresh<Kept>> slow = Promise.promise();
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(cache.answer(KEY, () -> {
                reads++;
                return slow.future();
            }));
        }
        assertThat(reads).isEqualTo(1);
        cache.changed("biz_1");
        read(KEY);
        assertThat(reads).isEqualTo(2);

        slow.complete(fresh(10, Long.MAX_VALUE));
        assertThat(answers).allMatch(Future::succeeded);
    }

    @Test
    void aFailedReadIsRetried() {
        assertThat(cache.answer(KEY, () -> Future.failedFuture("away")).failed())
                .isTrue();

        assertThat(read(KEY).succeeded()).isTrue();
    }

    private Future<Answer> read(BlogCache.Key key) {
        return read(cache, key, 10);
    }

    private Future<Answer> read(BlogCache from, BlogCache.Key key, int bytes) {
        return from.answer(key, () -> {
            reads++;
            return Future.succeededFuture(fresh(bytes, Long.MAX_VALUE));
        });
    }

    private static BlogConfig config(int cacheBytes) {
        Duration time = Duration.ofMinutes(5);
        return new BlogConfig(1, 1, 1, 1, time, 1, new MemorySize(cacheBytes), MAX_ANSWER_BYTES, time);
    }

    private static Fresh<Kept> fresh(int bytes, long validMillis) {
        return new Fresh<>(Kept.of(new Answer.Json(Buffer.buffer("x".repeat(bytes)), "\"x\"")), validMillis);
    }
}
