package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;

class ExitCodeTest {
    private static final LayerId ID = new LayerId("x");
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    static List<Arguments> failures() {
        return List.of(Arguments.of(new NoSuchLayerException(ID), 3),
                Arguments.of(new NoSuchImageException("x", ""), 3), Arguments.of(new NoSuchDriverException("x", ""), 3),
                Arguments.of(new LayerExistsException(ID), 4), Arguments.of(new LayerInUseException(ID, "x", ""), 5),
                Arguments.of(new WrongStateException("x", ""), 5), Arguments.of(new UnsupportedException("x", ""), 6),
                Arguments.of(new StoreVersionException("x", ""), 6), Arguments.of(new BadDataException("x", ""), 7),
                Arguments.of(new UnsafePathException("x"), 7),
                Arguments.of(new DigestMismatchException("x", DIGEST, DIGEST), 7),
                Arguments.of(new SyscallFailedException("x", Errno.EPERM), 8),
                Arguments.of(new SyscallFailedException("x", Errno.EACCES), 8),
                Arguments.of(new SyscallFailedException("x", Errno.EROFS), 8),
                Arguments.of(new SyscallFailedException("x", Errno.ENOSPC), 1));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachKindOfFailureHasItsNumber(VarveException failure, int number) {
        assertThat(ExitCode.of(failure).number()).isEqualTo(number);
    }

    @Test
    void noKindOfFailureIsForgotten() {
        Set<Class<?>> tested = failures().stream().map(a -> a.get()[0].getClass()).collect(Collectors.toSet());
        assertThat(tested).containsExactlyInAnyOrder(VarveException.class.getPermittedSubclasses());
    }
}
