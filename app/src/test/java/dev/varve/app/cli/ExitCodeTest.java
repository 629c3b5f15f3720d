package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.DriverNotSupportedException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.IncompatibleFileSystemException;
import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.NoUsableDriverException;
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
                Arguments.of(new DriverNotSupportedException("x", ""), 6),
                Arguments.of(new DriverPrerequisitesException("x", ""), 6),
                Arguments.of(new IncompatibleFileSystemException("x", ""), 6),
                Arguments.of(new NoUsableDriverException("x", List.of()), 6),
                Arguments.of(new InvalidOptionException("x", ""), 2),
                Arguments.of(new DriverSetupException("x", ""), 1), Arguments.of(new StoreVersionException("x", ""), 6),
                Arguments.of(new BadDataException("x", ""), 7), Arguments.of(new UnsafePathException("x"), 7),
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
        assertThat(tested).containsExactlyInAnyOrderElementsOf(kinds(VarveException.class).toList());
    }

    @Test
    void eachKindOfFailureHasAWordOfItsOwn() {
        assertThat(failures().stream()
                .map(a -> (VarveException) a.get()[0])
                .collect(Collectors.groupingBy(FailureKind::of,
                        Collectors.mapping(VarveException::getClass, Collectors.toSet()))))
                .allSatisfy((word, types) -> assertThat(types).as(word).hasSize(1))
                .containsKeys("notSupported", "prerequisitesNotMet", "incompatibleBackingFileSystem");
        assertThat(FailureKind.of(ExitCode.NO_SUCH_THING)).isEqualTo("noSuchThing");
    }

    /** The classes that a failure can be of. */
    private static Stream<Class<?>> kinds(Class<?> type) {
        Stream<Class<?>> below = type.isSealed() ? Stream.of(type.getPermittedSubclasses()).flatMap(ExitCodeTest::kinds)
                : Stream.of();
        return Modifier.isAbstract(type.getModifiers()) ? below : Stream.concat(Stream.of(type), below);
    }
}
