package dev.varve.domain.layer;

/** What a layer is called on disk: a number from 1 on, never used twice in one store. */
public record LayerNumber(long value) implements Comparable<LayerNumber> {
    public LayerNumber {
        if (value < 1) {
            throw new IllegalArgumentException("layer numbers begin at 1: " + value);
        }
    }

    @Override
    public int compareTo(LayerNumber other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
