package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;

/** The files of an image, to be read in any order. No name reaches outside. For one thread. */
sealed interface ImageSource extends AutoCloseable permits DirectorySource, SpooledLayer, SpooledTarSource {
    /** Manifests are at most this long (distribution and containerd have the same limit), and so are configurations. */
    int DOCUMENT_LIMIT = 4 << 20;

    /** What it is, for messages. */
    String name();

    /** The regular file at the path, symbolic links followed within the source; empty if there is nothing. */
    Optional<Content> find(EntryPath path) throws VarveException;

    @Override
    void close();

    /** A file that is there. */
    interface Content {
        long size();

        /** Its bytes, to be read while the source is open; the caller closes the stream. */
        InputStream open() throws VarveException;
    }

    /** The file at the path, which must be there. */
    default Content get(EntryPath path) throws VarveException {
        return find(path).orElseThrow(() -> new BadDataException(describe(path) + " is missing",
                "the image is incomplete; save or download it again"));
    }

    /** The bytes of a document. */
    default byte[] document(EntryPath path) throws VarveException {
        Content content = get(path);
        if (content.size() > DOCUMENT_LIMIT) {
            throw new BadDataException(
                    describe(path) + " has " + content.size() + " bytes; a document has at most " + DOCUMENT_LIMIT, "");
        }
        try (InputStream in = content.open()) {
            return in.readNBytes(DOCUMENT_LIMIT);
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new BadDataException(describe(path) + " cannot be read: " + e, "", e);
        }
    }

    /** The bytes of a document that was named by its digest. */
    default byte[] document(EntryPath path, Digest expected) throws VarveException {
        byte[] bytes = document(path);
        Digest actual = Digest.ofFinished(digested(expected, bytes));
        if (!actual.equals(expected)) {
            throw new DigestMismatchException(describe(path), expected, actual);
        }
        return bytes;
    }

    private static java.security.MessageDigest digested(Digest expected, byte[] bytes) {
        java.security.MessageDigest computation = Digest.computation(expected.algorithm());
        computation.update(bytes);
        return computation;
    }

    /** The file for messages. */
    default String describe(EntryPath path) {
        return path.toString().substring(1) + " in " + name();
    }
}
