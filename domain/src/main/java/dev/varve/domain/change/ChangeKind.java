package dev.varve.domain.change;

/** What happened to a path; the order is that of the values in Docker's plugin protocol. */
public enum ChangeKind {
    MODIFIED('C'), ADDED('A'), DELETED('D');

    private final char letter;

    ChangeKind(char letter) {
        this.letter = letter;
    }

    /** The letter that {@code docker diff} prints. */
    public char letter() {
        return letter;
    }
}
