package dev.varve.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileFilter;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.FilenameFilter;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The hexagon as classes show it; what the module descriptors and the poms already refuse is not repeated here. */
@Tag("architecture")
class ArchitectureTest {
    private static final String DOMAIN = "dev.varve.domain..";
    private static final String PORTS = "dev.varve.ports..";
    private static final String APP = "dev.varve.app..";
    private static final String SYSCALL = "dev.varve.adapter.syscall.ffm..";
    private static final String ARCHIVE = "dev.varve.adapter.archive.tar..";
    private static final String STORE = "dev.varve.adapter.store.file..";
    private static final String OVERLAY = "dev.varve.adapter.overlay..";
    private static final String VFS = "dev.varve.adapter.vfs..";
    private static final String TESTKIT = "dev.varve.testkit..";

    static final String[] ADAPTERS = {SYSCALL, ARCHIVE, STORE, OVERLAY, VFS};
    static final String[] MODULES = {DOMAIN, PORTS, SYSCALL, ARCHIVE, STORE, OVERLAY, VFS, TESTKIT, APP};

    private static final JavaClasses VARVE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.varve");

    /** Ways to a file that go round the syscall port. */
    private static final DescribedPredicate<JavaClass> FILE_ACCESS = belongToAnyOf(Files.class, File.class,
            FileDescriptor.class, FileInputStream.class, FileOutputStream.class, FileReader.class, FileWriter.class,
            FileFilter.class, FilenameFilter.class, RandomAccessFile.class, FileChannel.class,
            AsynchronousFileChannel.class).as("files by way of the JDK");

    /** A rule over a module without classes would hold for ever. */
    @ParameterizedTest
    @FieldSource("MODULES")
    void everyModuleWasImported(String module) {
        assertThat(VARVE.that(resideInAPackage(module))).as("classes of %s", module).isNotEmpty();
    }

    @Test
    void theDomainUsesJavaBaseAndItselfOnly() {
        classes().that()
                .resideInAPackage(DOMAIN)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(DOMAIN, "java.lang..", "java.util..", "java.math..",
                        "java.nio..", "java.io..", "java.security..", "java.text..", "java.time..",
                        "org.jspecify.annotations..").or(primitivesAndTheirArrays()))
                .check(VARVE);
    }

    @Test
    void theDomainHasNoEffects() {
        noClasses().that()
                .resideInAPackage(DOMAIN)
                .should()
                .dependOnClassesThat(
                        FILE_ACCESS.or(resideInAnyPackage("java.lang.foreign..", "java.net..", "java.nio.channels.."))
                                .or(belongToAnyOf(Thread.class, Executor.class, Clock.class, ServiceLoader.class))
                                .or(resideInAPackage("java.lang").and(simpleNameStartingWith("Process")))
                                .as("files, processes, threads, clocks, sockets or native code"))
                .check(VARVE);
    }

    @Test
    void theDomainReadsNoClock() {
        noClasses().that()
                .resideInAPackage(DOMAIN)
                .should()
                .accessTargetWhere(DescribedPredicate.describe("it reads a clock",
                        access -> readsClock(access.getTargetOwner(), access.getName())))
                .check(VARVE);
    }

    @ParameterizedTest
    @FieldSource("ADAPTERS")
    void anAdapterSeesNeitherAnotherNorTheApp(String adapter) {
        var others = Stream.concat(Stream.of(APP, TESTKIT), Stream.of(ADAPTERS).filter(a -> !a.equals(adapter)));
        noClasses().that()
                .resideInAPackage(adapter)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others.toArray(String[]::new))
                .check(VARVE);
    }

    @Test
    void theAppNamesNoAdapter() {
        noClasses().that()
                .resideInAPackage(APP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ADAPTERS)
                .check(VARVE);
    }

    @Test
    void onlyTheWiringLooksForServices() {
        noClasses().that()
                .resideOutsideOfPackage("dev.varve.app.wiring..")
                .should()
                .dependOnClassesThat(type(ServiceLoader.class))
                .check(VARVE);
    }

    @Test
    void onlyOneModuleTouchesNativeCode() {
        noClasses().that()
                .resideOutsideOfPackage(SYSCALL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(VARVE);
    }

    /** A fault-injecting syscall adapter sees all I/O on a store only if nothing goes round it. */
    @Test
    void storesAndDriversGoThroughTheSyscallPort() {
        noClasses().that()
                .resideInAnyPackage(STORE, OVERLAY, VFS, ARCHIVE)
                .should()
                .dependOnClassesThat(FILE_ACCESS)
                .check(VARVE);
    }

    private static boolean readsClock(JavaClass owner, String method) {
        return switch (method) {
            case "now" -> owner.getPackageName().startsWith("java.time");
            case "currentTimeMillis", "nanoTime" -> owner.isEquivalentTo(System.class);
            default -> false;
        };
    }

    private static DescribedPredicate<JavaClass> primitivesAndTheirArrays() {
        return DescribedPredicate.describe("primitives", c -> c.getBaseComponentType().isPrimitive());
    }
}
