package dev.varve.domain.tree;

/** The types of file that Linux knows (inode(7)). */
public enum FileType {
    REGULAR(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    CHARACTER_DEVICE(0020000),
    BLOCK_DEVICE(0060000),
    FIFO(0010000),
    SOCKET(0140000);

    private static final int FORMAT_MASK = 0170000;
    private final int formatBits;

    FileType(int formatBits) {
        this.formatBits = formatBits;
    }

    /** The {@code S_IFMT} bits of {@code st_mode}. */
    public int formatBits() {
        return formatBits;
    }

    /** The type that the bits of {@code st_mode} give. @throws IllegalArgumentException if they give none */
    public static FileType ofMode(int mode) {
        int bits = mode & FORMAT_MASK;
        for (FileType type : values()) {
            if (type.formatBits == bits) {
                return type;
            }
        }
        throw new IllegalArgumentException("no file type has mode " + Integer.toOctalString(mode));
    }
}
