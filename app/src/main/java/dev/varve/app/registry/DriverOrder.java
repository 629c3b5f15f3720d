package dev.varve.app.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The order in which drivers are tried, as the resource {@code driver-order} holds it. */
public final class DriverOrder {
    private DriverOrder() {}

    /** The order that holds where no other was configured. */
    public static List<String> standard() {
        try (InputStream in = DriverOrder.class.getResourceAsStream("driver-order")) {
            if (in == null) {
                throw new IllegalStateException("the resource driver-order is not in the jar of dev.varve.app");
            }
            return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One name a line; what follows a {@code #} is for people. */
    static List<String> parse(BufferedReader text) {
        return text.lines().map(l -> l.replaceFirst("#.*", "").strip()).filter(l -> !l.isEmpty()).toList();
    }
}
