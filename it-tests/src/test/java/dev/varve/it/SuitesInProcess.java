package dev.varve.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes in a process of its own, which may be another user's; prints what became of them as the last line. */
final class SuitesInProcess {
    private SuitesInProcess() {}

    /** What the last line says. */
    static String summary(long succeeded, long failed, long skipped) {
        return "succeeded " + succeeded + ", failed " + failed + ", skipped " + skipped;
    }

    public static void main(String[] classes) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        List<? extends DiscoverySelector> selected = Stream.of(classes).map(c -> selectClass(c)).toList();
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request().selectors(selected).build(), listener);
        TestExecutionSummary summary = listener.getSummary();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out);
        out.println(summary(summary.getTestsSucceededCount(), summary.getTotalFailureCount(),
                summary.getTestsSkippedCount() + summary.getTestsAbortedCount() + summary.getContainersSkippedCount()));
        System.exit(0);
    }
}
