package dev.varve.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;

/** {@link Directory#openLocked} while others move what it is about to lock. */
class OpenLockedTest {
    private static final Path TOP = Path.of("/top");
    private static final EntryName NAME = EntryName.of("7");
    private static final EntryName GONE = EntryName.of("7.gone");
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeDirectory() throws VarveException {
        host.makeDirectories(TOP.resolve("7"));
    }

    private interface Event {
        void happen(Directory top) throws VarveException;
    }

    /** The directory, with something happening between each opening of an entry and its locking. */
    private Directory top(Event event) throws VarveException {
        Directory top = host.directory(TOP);
        return proxy((proxy, method, arguments) -> {
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            Object result = invoke(top, method, arguments);
            if (method.getName().equals("open")) {
                event.happen(top);
            }
            return result;
        });
    }

    private static Object invoke(Directory on, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static Directory proxy(InvocationHandler handler) {
        return (Directory) Proxy.newProxyInstance(Directory.class.getClassLoader(), new Class<?>[]{Directory.class},
                handler);
    }

    private boolean isLocked(Event event) throws VarveException {
        try (Directory top = top(event)) {
            var locked = top.openLocked(NAME, LockMode.EXCLUSIVE);
            locked.ifPresent(Directory::close);
            return locked.isPresent();
        }
    }

    @Test
    void whatStaysIsLocked() throws VarveException {
        assertThat(isLocked(top -> {})).isTrue();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void whatWasMovedAwayMeanwhileCountsAsGone() throws VarveException {
        assertThat(isLocked(top -> top.rename(NAME, top, GONE, false))).isFalse();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void whatWasRemovedMeanwhileCountsAsGone() throws VarveException {
        assertThat(isLocked(top -> top.removeDirectory(NAME))).isFalse();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void whatTookItsPlaceIsNotTakenForIt() throws VarveException {
        assertThat(isLocked(top -> {
            top.rename(NAME, top, GONE, false);
            top.makeDirectory(NAME, 0755);
        })).isFalse();
        assertThat(host.openHandles()).isZero();
    }
}
