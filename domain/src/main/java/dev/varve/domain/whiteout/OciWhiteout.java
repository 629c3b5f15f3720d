package dev.varve.domain.whiteout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;

/**
 * What a name of an OCI layer says about the layers below (image specification, layer.md, "Whiteouts"): nothing, that
 * one entry is removed, or that its directory is opaque. AUFS' own bookkeeping names are none of these.
 */
public sealed interface OciWhiteout {
    /** {@code .wh.NAME}: the path below is hidden. */
    record Removed(EntryPath path) implements OciWhiteout {}

    /** {@code .wh..wh..opq}: all that the directory holds below is hidden. */
    record Opaque(EntryPath directory) implements OciWhiteout {}

    /** AUFS' {@code .wh..wh.aufs}, {@code .wh..wh.plnk} and {@code .wh..wh.orph} and what is in them: left out. */
    record AufsMetadata() implements OciWhiteout {}

    String PREFIX = ".wh.";
    String META_PREFIX = ".wh..wh.";
    String OPAQUE = ".wh..wh..opq";

    /**
     * Reads the name of an archive entry.
     *
     * @return empty if the entry is an ordinary one
     * @throws UnsafePathException if it is a whiteout of nothing, of {@code .} or of {@code ..}, an unknown name that
     *                             AUFS reserves, or lies beneath a whiteout
     */
    static Optional<OciWhiteout> read(EntryPath path) throws UnsafePathException {
        if (path.isRoot() || !mayHold(path)) {
            return Optional.empty();
        }
        EntryPath parent = path.parent();
        for (EntryPath at = parent; !at.isRoot(); at = at.parent()) {
            EntryName name = at.name();
            if (isAufsName(name)) {
                return Optional.of(new AufsMetadata());
            }
            if (name.startsWith(PREFIX)) {
                throw new UnsafePathException("archive entry beneath a whiteout: " + path);
            }
        }
        EntryName name = path.name();
        if (!name.startsWith(PREFIX)) {
            return Optional.empty();
        }
        if (name.is(OPAQUE)) {
            return Optional.of(new Opaque(parent));
        }
        if (isAufsName(name)) {
            return Optional.of(new AufsMetadata());
        }
        byte[] bytes = name.toBytes();
        if (name.startsWith(META_PREFIX) || name.is(PREFIX) || name.is(".wh..") || name.is(".wh...")) {
            throw new UnsafePathException("whiteout that hides no possible name: " + path);
        }
        return Optional
                .of(new Removed(parent.child(EntryName.of(Arrays.copyOfRange(bytes, PREFIX.length(), bytes.length)))));
    }

    private static boolean isAufsName(EntryName name) {
        return name.is(".wh..wh.aufs") || name.is(".wh..wh.plnk") || name.is(".wh..wh.orph");
    }

    private static boolean mayHold(EntryPath path) {
        byte[] bytes = path.toBytes();
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '.' && bytes[i + 1] == 'w' && bytes[i + 2] == 'h' && bytes[i + 3] == '.'
                    && (i == 0 || bytes[i - 1] == '/')) {
                return true;
            }
        }
        return false;
    }

    /** The name of the whiteout that hides {@code name}. */
    static EntryName nameFor(EntryName name) {
        byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
        byte[] joined = Arrays.copyOf(prefix, prefix.length + name.length());
        name.copyTo(joined, prefix.length);
        return EntryName.of(joined);
    }
}
