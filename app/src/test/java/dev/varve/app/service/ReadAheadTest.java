package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever ends the other thread, its reader hears of it; and what was read is closed, after the last use of it. */
class ReadAheadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CHUNK = 1 << 18;
    private final CountDownLatch closed = new CountDownLatch(1);

    private ReadAhead ahead(InputStream in) throws IOException {
        return new ReadAhead(in, closed::countDown);
    }

    private boolean isClosed() throws InterruptedException {
        return closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Gives these bytes, then fails. */
    private static InputStream failing(int length, Supplier<Throwable> failure) {
        return new InputStream() {
            private int left = length;

            @Override
            public int read() throws IOException {
                if (left-- > 0) {
                    return 7;
                }
                throw ReadAheadTest.<RuntimeException>sneaky(failure.get());
            }
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 9 * CHUNK, 10 * CHUNK + 3})
    void allBytesComeInOrderAndThenTheEnd(int length) throws Exception {
        byte[] bytes = random(length);
        try (ReadAhead ahead = ahead(new ByteArrayInputStream(bytes))) {
            assertThat(ahead.readAllBytes()).isEqualTo(bytes);
            assertThat(ahead.read()).isNegative();
        }
        assertThat(isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, CHUNK, 7 * CHUNK})
    void anErrorComesToTheReader(int before) {
        for (Error error : new Error[]{new OutOfMemoryError("no room"), new StackOverflowError(),
            new AssertionError()}) {
            assertTimeoutPreemptively(PATIENCE, () -> {
                try (ReadAhead ahead = ahead(failing(before, () -> error))) {
                    assertThatThrownBy(ahead::readAllBytes).isSameAs(error);
                    assertThatThrownBy(ahead::read).isSameAs(error);
                }
                assertThat(isClosed()).isTrue();
            });
        }
    }

    @Test
    void anyOtherFailureComesToTheReader() {
        IOException io = new IOException("gone");
        assertTimeoutPreemptively(PATIENCE, () -> {
            try (ReadAhead ahead = ahead(failing(9, () -> io))) {
                assertThatThrownBy(ahead::readAllBytes).isSameAs(io);
            }
            RuntimeException odd = new IllegalStateException("odd");
            try (ReadAhead ahead = ahead(failing(CHUNK, () -> odd))) {
                assertThatThrownBy(ahead::readAllBytes).isSameAs(odd);
            }
            for (Throwable failure : new Throwable[]{new Exception("checked"), new InterruptedException("who?")}) {
                try (ReadAhead ahead = ahead(failing(CHUNK, () -> failure))) {
                    assertThatExceptionOfType(IOException.class).isThrownBy(ahead::readAllBytes).withCause(failure);
                }
            }
        });
    }

    @Test
    void whatCannotBeClosedIsAFailure() {
        IOException io = new IOException("not closed");
        assertTimeoutPreemptively(PATIENCE, () -> {
            try (ReadAhead ahead = new ReadAhead(new ByteArrayInputStream(new byte[3]), () -> { throw io; })) {
                assertThatThrownBy(ahead::readAllBytes).isSameAs(io);
            }
        });
    }

    @Test
    void aReaderThatGivesUpEndsTheOtherThread() throws Exception {
        try (ReadAhead ahead = ahead(new ByteArrayInputStream(random(50 * CHUNK)))) {
            assertThat(ahead.read()).isNotNegative();
        }
        assertThat(isClosed()).isTrue();
    }

    @Test
    void aSourceThatHangsIsClosedOnceItGoesOnAndNotWhileItIsRead() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        InputStream hanging = failing(0, () -> {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                return e;
            }
            return new IOException("late");
        });
        ReadAhead ahead = ahead(hanging);
        begun.await();
        ahead.close();
        assertThat(closed.getCount()).isEqualTo(1);
        goOn.countDown();
        assertThat(isClosed()).isTrue();
    }
}
