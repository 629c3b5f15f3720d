package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;

/** Takes the files of an image that is written, in the order they come. For one thread. */
public interface ImageSink {
    /**
     * Writes one file. The directories that lead to it are made.
     *
     * @param name of parts joined by slashes, none of them special; each is given once
     * @param size of the content, which is read to its end and left open
     */
    void put(String name, long size, InputStream content) throws IOException;

    /** Ends the image. */
    void finish() throws IOException;
}
