package dev.varve.ports.archive;

import dev.varve.domain.error.VarveException;

/**
 * Hears every byte of an uncompressed archive once and in order, as a {@link LayerReader} comes to it and in its thread.
 * The arrays are the reader's: they must neither be changed nor kept. A failure ends the reading.
 */
public interface ArchiveTap {
    /** Hears nothing. */
    ArchiveTap NONE = new ArchiveTap() {
        @Override
        public void framing(byte[] buffer, int from, int length) {
            // not wanted
        }

        @Override
        public void content(long offset, byte[] buffer, int from, int length) {
            // not wanted
        }
    };

    /**
     * Bytes that {@link LayerReader#read} does not give out: headers and their extensions, maps of sparse files, padding,
     * content that was skipped, and whatever follows the last entry.
     */
    void framing(byte[] buffer, int from, int length) throws VarveException;

    /** Bytes that {@link LayerReader#read} is about to return. @param offset in the file, as {@link LayerReader#dataOffset} */
    void content(long offset, byte[] buffer, int from, int length) throws VarveException;
}
