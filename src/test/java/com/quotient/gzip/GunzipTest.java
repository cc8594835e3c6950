package com.quotient.gzip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GunzipTest {
    private static final byte[] TEXT =
            "One line of text, again and again. ".repeat(500).getBytes(UTF_8);
    private static final byte[] EMPTY = gzip(new byte[0]);
    /** Extra field, name, comment and header checksum (RFC 1952 section 2.3). */
    private static final byte[] WITH_ALL_FIELDS = withAllFields();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 1000, 1_000_000})
    void piecesOfAnySizeInflateToTheWhole(int size) throws DataFormatException {
        byte[] packed = Bytes.concat(gzip(TEXT), EMPTY, WITH_ALL_FIELDS, gzip(new byte[] {1}), new byte[3]);

        assertThat(inflate(packed, size)).isEqualTo(Bytes.concat(TEXT, TEXT, new byte[] {1}));
    }

    @Test
    void whatJavaReadsIsReadAlike() throws IOException, DataFormatException {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(3000)];
            random.nextBytes(bytes);
            byte[] packed = Bytes.concat(gzip(bytes), gzip(Arrays.copyOf(TEXT, random.nextInt(TEXT.length))));

            assertThat(inflate(packed, 1 + random.nextInt(packed.length)))
                    .isEqualTo(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
        }
    }

    @Test
    void whatIsCutOffIsNotComplete() throws DataFormatException {
        byte[] packed = gzip(TEXT);
        for (int length = 0; length < packed.length; length++) {
            try (Gunzip gunzip = new Gunzip()) {
                gunzip.add(Arrays.copyOf(packed, length));
                drain(gunzip, new ByteArrayOutputStream());
                assertThat(gunzip.isComplete()).as("after %d bytes", length).isFalse();
            }
        }
    }

    @Test
    void whatIsNotGzipIsRefused() {
        byte[] packed = gzip(TEXT);
        byte[] wrongChecksum = packed.clone();
        wrongChecksum[packed.length - 6] ^= 1;
        byte[] wrongSize = packed.clone();
        wrongSize[packed.length - 1] ^= 1;
        byte[] reservedFlag = packed.clone();
        reservedFlag[3] = 0x20;
        byte[] longName = new byte[100_000];
        Arrays.fill(longName, (byte) 'n');
        System.arraycopy(new byte[] {0x1F, (byte) 0x8B, 8, 8, 0, 0, 0, 0, 0, 0}, 0, longName, 0, 10);
        for (byte[] wrong : new byte[][] {
            "plain text".getBytes(UTF_8),
            wrongChecksum,
            wrongSize,
            reservedFlag,
            longName,
            Bytes.concat(packed, new byte[] {0, 0, 1}),
            Bytes.concat(packed, new byte[] {'x'})
        }) {
            assertThatThrownBy(() -> inflate(wrong, 512)).isInstanceOf(DataFormatException.class);
        }
    }

    @Test
    void oneCallPassesFewMembersAndGivesOutNoMoreThanItsBuffer() throws DataFormatException {
        byte[] members = Bytes.concat(Collections.nCopies(10_000, EMPTY).toArray(new byte[0][]));
        try (Gunzip gunzip = new Gunzip()) {
            gunzip.add(members);
            int calls = 0;
            while (!gunzip.needsInput()) {
                assertThat(gunzip.read(new byte[10])).isZero();
                calls++;
            }
            assertThat(calls).isGreaterThan(100);
            assertThat(gunzip.isComplete()).isTrue();
        }
    }

    private static byte[] inflate(byte[] packed, int pieceSize) throws DataFormatException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (Gunzip gunzip = new Gunzip()) {
            for (int at = 0; at < packed.length; at += pieceSize) {
                assertThat(gunzip.needsInput()).isTrue();
                gunzip.add(Arrays.copyOfRange(packed, at, Math.min(at + pieceSize, packed.length)));
                drain(gunzip, whole);
            }
            assertThat(gunzip.isComplete()).isTrue();
        }
        return whole.toByteArray();
    }

    private static void drain(Gunzip gunzip, ByteArrayOutputStream into) throws DataFormatException {
        byte[] buffer = new byte[100];
        int count;
        do {
            count = gunzip.read(buffer);
            into.write(buffer, 0, count);
        } while (count > 0 || !gunzip.needsInput());
    }

    private static byte[] withAllFields() {
        byte[] plain = gzip(TEXT);
        byte[] header = Bytes.concat(
                new byte[] {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 0},
                new byte[] {3, 0, 'a', 'b', 'c'},
                "name\0comment\0".getBytes(UTF_8));
        CRC32 checksum = new CRC32();
        checksum.update(header);
        return Bytes.concat(
                header,
                new byte[] {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)},
                Arrays.copyOfRange(plain, 10, plain.length));
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return packed.toByteArray();
    }
}
