package dev.varve.adapter.archive.tar;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.tree.Xattrs;

/**
 * The records of PAX headers that a layer has use for (POSIX.1-2017 pax, "pax Extended Header"; GNU tar manual, "Sparse
 * Formats"; star(5) for {@code SCHILY}; libarchive's {@code LIBARCHIVE.xattr}). Values are bytes; other keywords, access
 * control lists and user names among them, are passed over. Anything malformed is an {@link IllegalArgumentException}.
 *
 * <p>A record of no value undoes the global one before it, as POSIX says; but an extended attribute may be empty.
 */
final class PaxRecords {
    static final String XATTR = "SCHILY.xattr.";
    private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";
    private static final String SPARSE = "GNU.sparse.";
    /** How a number is kept of which there is no record. */
    static final long ABSENT = -1;
    private static final int MAX_SPARSE_VERSION = 1;

    byte @Nullable [] path;
    byte @Nullable [] link;
    @Nullable
    Instant modified;
    long size = ABSENT;
    long uid = ABSENT;
    long gid = ABSENT;
    long deviceMajor = ABSENT;
    long deviceMinor = ABSENT;
    byte @Nullable [] sparseName;
    long sparseSize = ABSENT;
    long sparseMajor = ABSENT;
    long sparseMinor = ABSENT;
    long sparseCount = ABSENT;
    /** The segments of versions 0.0 and 0.1: offset and length by turns. */
    final List<Long> sparseNumbers = new ArrayList<>(0);
    boolean sparse;
    Xattrs xattrs = Xattrs.NONE;

    /** Those that the global headers so far gave. */
    static PaxRecords copyOfGlobal(PaxRecords global) {
        PaxRecords copy = new PaxRecords();
        copy.modified = global.modified;
        copy.uid = global.uid;
        copy.gid = global.gid;
        copy.deviceMajor = global.deviceMajor;
        copy.deviceMinor = global.deviceMinor;
        return copy;
    }

    /** Adds the records of one header. @param maxSegments of a sparse file */
    void add(byte[] b, int maxSegments) {
        TreeMap<String, byte[]> schily = new TreeMap<>();
        TreeMap<String, byte[]> libarchive = new TreeMap<>();
        int at = 0;
        while (at < b.length) {
            int blank = indexOf(b, ' ', at, b.length);
            long length = blank < 0 ? 0 : decimal(b, at, blank, "length of a PAX record");
            if (blank < 0 || length < blank - at + 4L || length > b.length - at || b[at + (int) length - 1] != '\n') {
                throw new IllegalArgumentException("PAX record of a wrong length");
            }
            int end = at + (int) length - 1;
            int equals = indexOf(b, '=', blank + 1, end);
            if (equals <= blank + 1) {
                throw new IllegalArgumentException("PAX record without a keyword or '='");
            }
            String key = new String(b, blank + 1, equals - blank - 1, StandardCharsets.ISO_8859_1);
            if (key.startsWith(XATTR)) {
                schily.put(XattrKeyword.ofSchily(key.substring(XATTR.length())),
                        Arrays.copyOfRange(b, equals + 1, end));
            } else if (key.startsWith(LIBARCHIVE_XATTR)) {
                libarchive.put(XattrKeyword.ofLibarchive(key.substring(LIBARCHIVE_XATTR.length())),
                        Base64.getDecoder().decode(Arrays.copyOfRange(b, equals + 1, end)));
            } else if (key.startsWith(SPARSE)) {
                addSparse(key, b, equals + 1, end, maxSegments);
            } else {
                add(key, b, equals + 1, end);
            }
            at = end + 1;
        }
        // libarchive writes both, and its own only because the other needs bytes where UTF-8 is promised.
        libarchive.putAll(schily);
        xattrs = Xattrs.of(libarchive);
    }

    private void add(String key, byte[] b, int from, int to) {
        switch (key) {
            case "path" -> path = from == to ? null : Arrays.copyOfRange(b, from, to);
            case "linkpath" -> link = from == to ? null : Arrays.copyOfRange(b, from, to);
            case "mtime" -> modified = from == to ? null : PaxTime.parse(b, from, to);
            case "size" -> size = optional(b, from, to, key);
            case "uid" -> uid = optional(b, from, to, key);
            case "gid" -> gid = optional(b, from, to, key);
            case "SCHILY.devmajor" -> deviceMajor = optional(b, from, to, key);
            case "SCHILY.devminor" -> deviceMinor = optional(b, from, to, key);
            default -> {}
        }
    }

    private void addSparse(String key, byte[] b, int from, int to, int maxSegments) {
        sparse = true;
        switch (key.substring(SPARSE.length())) {
            case "name" -> sparseName = Arrays.copyOfRange(b, from, to);
            case "realsize", "size" -> {
                long stated = decimal(b, from, to, key);
                if (sparseSize != ABSENT && sparseSize != stated) {
                    throw new IllegalArgumentException("two sizes of one sparse file");
                }
                sparseSize = stated;
            }
            case "major" -> sparseMajor = decimal(b, from, to, key);
            case "minor" -> sparseMinor = decimal(b, from, to, key);
            case "numblocks" -> sparseCount = decimal(b, from, to, key);
            case "offset" -> addSparseNumber(b, from, to, 0, maxSegments);
            case "numbytes" -> addSparseNumber(b, from, to, 1, maxSegments);
            case "map" -> addSparseMap(b, from, to, maxSegments);
            default -> {}
        }
    }

    private void addSparseMap(byte[] b, int from, int to, int maxSegments) {
        if (!sparseNumbers.isEmpty()) {
            throw new IllegalArgumentException("two maps of one sparse file");
        }
        for (int start = from; start < to;) {
            int comma = indexOf(b, ',', start, to);
            int end = comma < 0 ? to : comma;
            addSparseNumber(b, start, end, sparseNumbers.size() & 1, maxSegments);
            start = end + 1;
        }
    }

    private void addSparseNumber(byte[] b, int from, int to, int turn, int maxSegments) {
        if ((sparseNumbers.size() & 1) != turn) {
            throw new IllegalArgumentException("offsets and lengths of a sparse file that are not in pairs");
        }
        if (sparseNumbers.size() / 2 >= maxSegments) {
            throw new IllegalArgumentException("more than " + maxSegments + " segments in a sparse file");
        }
        sparseNumbers.add(decimal(b, from, to, "sparse map"));
    }

    /**
     * Refuses in a global header what would make readers see other entries or contents, as some ignore that header; and
     * extended attributes, which every later entry would multiply.
     */
    void requireGlobal() {
        if (path != null || link != null || size != ABSENT || sparse || !xattrs.isEmpty()) {
            throw new IllegalArgumentException(
                    "a global PAX header gives a name, a size, a sparse map or an extended attribute");
        }
    }

    /** Whether the map stands before the content (version 1.0). @throws IllegalArgumentException if unknown */
    boolean sparseMapIsContent() {
        boolean first = sparseMajor == MAX_SPARSE_VERSION && sparseMinor == 0;
        boolean zeroth = sparseMajor == ABSENT && sparseMinor == ABSENT
                || sparseMajor == 0 && (sparseMinor == 0 || sparseMinor == 1);
        if (!first && !zeroth) {
            throw new IllegalArgumentException("unknown version of sparse file: " + sparseMajor + "." + sparseMinor);
        }
        if (first && (!sparseNumbers.isEmpty() || sparseCount != ABSENT)) {
            throw new IllegalArgumentException("two maps of one sparse file");
        }
        return first;
    }

    private static long optional(byte[] b, int from, int to, String field) {
        return from == to ? ABSENT : decimal(b, from, to, field);
    }

    /** A number of digits only. @throws IllegalArgumentException if it is none or needs more than 63 bits */
    static long decimal(byte[] b, int from, int to, String field) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                throw new IllegalArgumentException("the " + field + " is not a number, is negative or is too large");
            }
            value = value * 10 + digit;
        }
        if (from >= to) {
            throw new IllegalArgumentException("the " + field + " is empty");
        }
        return value;
    }

    private static int indexOf(byte[] b, char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return -1;
    }
}
