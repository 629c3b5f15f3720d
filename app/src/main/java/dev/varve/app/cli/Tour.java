package dev.varve.app.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tells a story in numbered steps: what is done, how one would do it oneself, what came of it, how long it took. */
final class Tour {
    private static final int COLUMNS = 79;
    private static final String INDENT = "    ";
    private final Output output;
    private final StopSignal stop;
    private final int length;
    private final List<Step> steps = new ArrayList<>();

    /** @param length the steps in number */
    Tour(Output output, StopSignal stop, int length) {
        this.output = output;
        this.stop = stop;
        this.length = length;
    }

    /** What is done in a step. */
    interface Work {
        void run(Step step) throws IOException;
    }

    /** One step. */
    static final class Step {
        private final int number;
        private final String title;
        private final String command;
        private final List<String> result = new ArrayList<>();
        private final ProgressLine progress;
        private final StopSignal stop;
        private long millis;

        private Step(int number, String title, String command, ProgressLine progress, StopSignal stop) {
            this.number = number;
            this.title = title;
            this.command = command;
            this.progress = progress;
            this.stop = stop;
        }

        /** Adds a line of what came of it. */
        void say(String line) {
            result.add(line);
        }

        /** Adds the first lines, and how many there are besides. */
        void say(List<String> lines, int atMost) {
            result.addAll(lines.subList(0, Math.min(atMost, lines.size())));
            if (lines.size() > atMost) {
                result.add("… and " + (lines.size() - atMost) + " more");
            }
        }

        ProgressLine progress() {
            return progress;
        }

        /** To be called now and then in long work: it fails if the process is to stop. */
        void check() {
            stop.check();
        }
    }

    /** @param command what would do the same: a command line, or a call of the API */
    void step(String title, String command, Work work) throws IOException {
        stop.check();
        try (ProgressLine progress = output.progress()) {
            Step step = new Step(steps.size() + 1, title, command, progress, stop);
            long start = System.nanoTime();
            progress.show(String.format("%2d/%d %s …", step.number, length, title));
            try {
                work.run(step);
            } catch (IOException | RuntimeException e) {
                progress.clear();
                print(step, "failed");
                throw e;
            }
            step.millis = (System.nanoTime() - start) / 1_000_000;
            steps.add(step);
            progress.clear();
            print(step, step.millis + " ms");
        }
    }

    /** The steps that were done, as JSON. */
    void write(Json json) {
        json.objects("steps", steps,
                (o, step) -> o.field("step", step.number)
                        .field("title", step.title)
                        .field("command", step.command)
                        .texts("result", step.result)
                        .field("millis", step.millis));
    }

    private void print(Step step, String time) throws IOException {
        if (output.json()) {
            return;
        }
        String title = String.format("%2d/%d %s", step.number, length, step.title);
        int gap = Math.max(2, COLUMNS - title.length() - time.length());
        output.line("");
        output.line(title + " ".repeat(gap) + time, Output.Look.BOLD);
        output.line(INDENT + "$ " + step.command, Output.Look.DIM);
        for (String line : step.result) {
            for (String part : wrapped(line)) {
                output.line(INDENT + part);
            }
        }
        output.flush();
    }

    /** Breaks a long line at spaces; what follows begins where the line's last column does. */
    static List<String> wrapped(String line) {
        int width = COLUMNS - INDENT.length();
        int column = line.lastIndexOf("  ") + 2;
        String hanging = " ".repeat(column > 1 && column < width / 2 ? column : 2);
        List<String> parts = new ArrayList<>();
        String rest = line;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            if (space < hanging.length() || rest.substring(0, space).isBlank()) {
                break;
            }
            parts.add(rest.substring(0, space).stripTrailing());
            rest = hanging + rest.substring(space + 1);
        }
        parts.add(rest);
        return parts;
    }
}
