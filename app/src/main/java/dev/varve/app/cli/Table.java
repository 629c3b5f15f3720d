package dev.varve.app.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Aligned columns. The last one is as wide as it needs to be, which is why names, of any length, stand there. */
final class Table {
    private static final String GAP = "  ";
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        rows.add(List.of(header));
    }

    /** Names and values, without a header. */
    static Table ofFields() {
        Table table = new Table();
        table.rows.clear();
        return table;
    }

    Table row(Object... cells) {
        List<String> texts = new ArrayList<>();
        for (Object cell : cells) {
            texts.add(Plain.line(String.valueOf(cell)));
        }
        rows.add(texts);
        return this;
    }

    void print(Output output) throws IOException {
        for (String line : lines()) {
            output.line(line);
        }
    }

    List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = width(row.get(i));
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(row.get(i));
            if (i < row.size() - 1) {
                line.repeat(' ', widths.get(i) - width(row.get(i)));
            }
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
