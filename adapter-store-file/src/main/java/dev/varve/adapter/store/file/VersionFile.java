package dev.varve.adapter.store.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.path.Names;

/** The file that says whose the catalogue is, and of which version and driver. Its fields never change their meaning. */
final class VersionFile {
    private static final String FORMAT = "varve-catalogue";
    private static final long VERSION = 1;

    private VersionFile() {}

    static byte[] of(String driver) {
        byte[] json = Json.write(out -> {
            out.writeStartObject();
            out.writeStringProperty("format", FORMAT);
            out.writeNumberProperty("version", VERSION);
            out.writeStringProperty("driver", driver);
            out.writeEndObject();
        });
        return (new String(json, UTF_8) + "\n").getBytes(UTF_8);
    }

    /** @throws StoreVersionException unless the content is what {@link #of} gives for this driver */
    static void verify(byte[] content, String home, String driver) throws StoreVersionException {
        String format;
        long version;
        String found;
        try {
            if (!(Json.read(content, 0, content.length) instanceof Json.Fields fields)) {
                throw new IllegalArgumentException("no JSON object");
            }
            format = fields.take("format", String.class);
            version = fields.take("version", Long.class);
            found = fields.take("driver", String.class);
        } catch (IllegalArgumentException e) {
            throw new StoreVersionException(
                    Layout.label(Layout.VERSION) + " in " + home + " is not a version file of Varve: " + e.getMessage()
                            + "; found " + content.length + " bytes, needed format " + FORMAT + ", version " + VERSION,
                    "choose another directory for the store, or restore this file from a backup", e);
        }
        if (!format.equals(FORMAT) || version != VERSION) {
            throw new StoreVersionException(
                    "the store in " + home + " has format " + printable(format) + ", version " + version
                            + "; this program needs format " + FORMAT + ", version " + VERSION,
                    "use the version of Varve that made the store, or choose another directory");
        }
        if (!found.equals(driver)) {
            throw new StoreVersionException(
                    "the store in " + home + " has layers of driver " + printable(found)
                            + "; it was to be opened with driver " + driver,
                    "choose driver " + printable(found) + ", or another directory for the store");
        }
    }

    private static String printable(String text) {
        return Names.printable(text.getBytes(UTF_8));
    }
}
