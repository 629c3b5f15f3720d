package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The tests that docs/behaviours.md names are there, and are tests. */
class DocumentedTestsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");

    @Test
    void eachBehaviourNamesTestsThatExist() throws IOException {
        Map<String, Path> sources = sources();
        List<String> missing = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(ROOT.resolve("docs/behaviours.md"))) {
            if (!line.startsWith("| ") || line.startsWith("| behaviour") || line.startsWith("| ---")) {
                continue;
            }
            rows++;
            Matcher named = NAMED.matcher(line);
            assertThat(named.find()).as("a test for: %s", line).isTrue();
            do {
                Path source = sources.get(named.group(1));
                if (source == null || !isTest(Files.readString(source), named.group(2))) {
                    missing.add(named.group());
                }
            } while (named.find());
        }
        assertThat(missing).isEmpty();
        assertThat(rows).isGreaterThan(40);
    }

    /** Every class of tests, and of contracts, by its simple name. */
    private static Map<String, Path> sources() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules
                    .flatMap(m -> Stream.of(m.resolve("src/test/java"),
                            m.resolve("src/main/java/dev/varve/testkit/contract")))
                    .filter(Files::isDirectory)
                    .flatMap(DocumentedTestsTest::below)
                    .collect(Collectors.toMap(p -> p.getFileName().toString().replace(".java", ""), p -> p,
                            (a, b) -> a.toString().matches(".*(Test|IT|Contract)\\.java") ? a : b));
        }
    }

    private static Stream<Path> below(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(p -> p.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An annotation that JUnit runs stands before it, with no blank line between. */
    private static boolean isTest(String source, String method) {
        return Pattern.compile("@(Test|ParameterizedTest)\\b(?:(?!\\n\\s*\\n)[^{}]|\\{[^{}]*})*void " + method + "\\(")
                .matcher(source)
                .find();
    }
}
