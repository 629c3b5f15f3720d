package dev.varve.adapter.archive.tar;

/** Names of extended attributes within PAX keywords, which cannot hold {@code =}. One byte a character. */
final class XattrKeyword {
    private XattrKeyword() {}

    /**
     * A name in which {@code =} cannot stand, as GNU tar escapes it (src/xheader.c, xattr_encode_keyword). A percent
     * sign is escaped only where it would be read as an escape: Go's readers know none.
     */
    static String toSchily(String name) {
        return name.replaceAll("%(?=25|3D)", "%25").replace("=", "%3D");
    }

    /** Undoes {@link #toSchily}. @throws IllegalArgumentException if that is no name */
    static String ofSchily(String key) {
        return checked(key.indexOf('%') < 0 ? key : decode(key, true));
    }

    /** Undoes libarchive's percent encoding. @throws IllegalArgumentException if that is no name */
    static String ofLibarchive(String key) {
        return checked(decode(key, false));
    }

    private static String checked(String name) {
        if (name.isEmpty() || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("extended attribute without a name, or with a NUL in it");
        }
        return name;
    }

    private static String decode(String key, boolean onlyReserved) {
        StringBuilder out = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            int high = i + 2 < key.length() ? Character.digit(key.charAt(i + 1), 16) : -1;
            int low = i + 2 < key.length() ? Character.digit(key.charAt(i + 2), 16) : -1;
            boolean reserved = key.startsWith("%25", i) || key.startsWith("%3D", i);
            if (c == '%' && high >= 0 && low >= 0 && (reserved || !onlyReserved)) {
                c = (char) (high << 4 | low);
                i += 2;
            }
            out.append(c);
        }
        return out.toString();
    }
}
