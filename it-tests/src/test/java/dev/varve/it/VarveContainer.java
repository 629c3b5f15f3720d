package dev.varve.it;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;

/**
 * A privileged container that has this checkout, the JDK and the host's programs, all read-only, and nothing else: no
 * image is pulled. Its volume is at the same path inside as outside.
 */
final class VarveContainer extends GenericContainer<VarveContainer> {
    private static final List<String> PROGRAMS = List.of("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives");

    VarveContainer(Path volume) {
        super(new ImageFromDockerfile("varve-it:scratch", false).withFileFromString("Dockerfile",
                "FROM scratch\nLABEL varve=it\n"));
        PROGRAMS.stream().filter(p -> Files.exists(Path.of(p))).forEach(this::bindReadOnly);
        bindReadOnly(Objects.requireNonNull(Command.launcher().getParent()).toString());
        String java = System.getProperty("java.home");
        if (PROGRAMS.stream().noneMatch(java::startsWith)) {
            bindReadOnly(java);
        }
        withFileSystemBind(volume.toString(), volume.toString(), BindMode.READ_WRITE);
        withEnv("VARVE_JAVA_HOME", java);
        withNetworkMode("none");
        withCommand("/bin/sleep", "infinity");
        withCreateContainerCmdModifier(
                c -> privileged(Objects.requireNonNullElseGet(c.getHostConfig(), HostConfig::newHostConfig)));
    }

    /** Whether there is an engine to ask. */
    static boolean engineAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    private void bindReadOnly(String path) {
        withFileSystemBind(path, path, BindMode.READ_ONLY);
    }

    /** Where this host itself lacks a capability, runc cannot give it: then all the others are asked for by name. */
    private static void privileged(HostConfig config) {
        if (hostHasAllCapabilities()) {
            config.withPrivileged(true);
        } else {
            config.withCapAdd(Capability.ALL)
                    .withCapDrop(Capability.SYS_RESOURCE)
                    .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"));
        }
    }

    private static boolean hostHasAllCapabilities() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            int last = Integer.parseInt(Files.readString(Path.of("/proc/sys/kernel/cap_last_cap")).trim());
            BigInteger all = BigInteger.ONE.shiftLeft(last + 1).subtract(BigInteger.ONE);
            return status.filter(l -> l.startsWith("CapBnd:"))
                    .anyMatch(l -> new BigInteger(l.substring("CapBnd:".length()).trim(), 16).equals(all));
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs a program inside. */
    Command.Result run(String... words) throws IOException {
        try {
            ExecResult result = execInContainer(words);
            return new Command.Result(new Command(List.of(words), Map.of(), new byte[0]), result.getExitCode(),
                    result.getStdout().getBytes(StandardCharsets.UTF_8), result.getStderr());
        } catch (InterruptedException e) {
            throw new IOException(String.join(" ", words), e);
        }
    }

    /** Runs lines of shell, which stop at the first failure; returns what they print. */
    String shell(String script) throws IOException {
        return run("/bin/sh", "-euc", script).endsWith(0).output();
    }

    /** Runs a command of Varve's. */
    Command.Result varve(Path store, String... words) throws IOException {
        return run(Command.varve("--store", store.toString()).with(words).words().toArray(String[]::new));
    }

    /** Ends it as a crash would: no process inside gets to do anything more. */
    void kill() {
        getDockerClient().killContainerCmd(getContainerId()).withSignal("KILL").exec();
        getDockerClient().waitContainerCmd(getContainerId()).start().awaitStatusCode();
    }
}
