package dev.varve.domain.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {
    @Test
    void everyNamedNumberPrintsItsName() throws IllegalAccessException {
        int named = 0;
        for (Field field : Errno.class.getDeclaredFields()) {
            if (field.getType() == Errno.class) {
                assertThat(field.get(null)).asString().startsWith(field.getName() + " (").endsWith(")");
                named++;
            }
        }
        assertThat(named).isGreaterThan(20);
    }

    @Test
    void unknownNumberPrintsAsNumber() {
        assertThat(new Errno(4095)).hasToString("errno 4095");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 12, 13, 16, 17, 20, 21, 24, 28, 30, 36, 38, 122})
    void whatAUserCanChangeHasAHint(int number) {
        assertThat(new SyscallFailedException("call()", new Errno(number)).hint()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 4095})
    void otherFailuresHaveNone(int number) {
        assertThat(new SyscallFailedException("call()", new Errno(number)).hint()).isEmpty();
    }

    @Test
    void onlyTheTwoRefusalsArePermission() {
        assertThat(Errno.EPERM.isPermission()).isTrue();
        assertThat(Errno.EACCES.isPermission()).isTrue();
        assertThat(Errno.EROFS.isPermission()).isFalse();
    }

    @Test
    void failurePrintsTheCallTheNumberAndWhatTheKernelSaid() {
        SyscallFailedException plain = new SyscallFailedException("mkdirat(\"/s\", \"7\", 0700)", Errno.ENOSPC);
        assertThat(plain).hasMessage("mkdirat(\"/s\", \"7\", 0700): ENOSPC (no space left on device)");
        assertThat(plain.errno()).isEqualTo(Errno.ENOSPC);
        assertThat(new SyscallFailedException("fsconfig()", Errno.EINVAL, "overlay: bad"))
                .hasMessage("fsconfig(): EINVAL (invalid argument): overlay: bad");
    }
}
