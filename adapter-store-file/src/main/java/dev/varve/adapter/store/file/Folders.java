package dev.varve.adapter.store.file;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * The open directories of a catalogue. A catalogue has two sets, because a handle is for one thread at a time: one for
 * whoever holds the lock and changes things, one for those who read meanwhile.
 */
final class Folders implements AutoCloseable {
    private final Deque<AutoCloseableHandle> open = new ArrayDeque<>();
    private final Directory root;
    private final Directory staging;
    private final RecordDirectory top;
    private final RecordDirectory layers;
    private final RecordDirectory leases;
    private final RecordDirectory images;
    private final RecordDirectory configs;

    private Folders(Directory catalogue) throws VarveException {
        root = catalogue;
        open.push(root::close);
        staging = directory(Layout.STAGING);
        top = RecordDirectory.lasting(Layout.label(), root, staging);
        layers = records(Layout.LAYERS);
        leases = RecordDirectory.ofThisBoot(Layout.label(Layout.LEASES), directory(Layout.LEASES), staging);
        images = records(Layout.IMAGES);
        configs = records(Layout.CONFIGS);
    }

    /** Opens what is in {@code home}. */
    static Folders open(Directory home) throws VarveException {
        Directory catalogue = home.open(Layout.CATALOGUE);
        return new Folders(catalogue);
    }

    private RecordDirectory records(EntryName name) throws VarveException {
        return RecordDirectory.lasting(Layout.label(name), directory(name), staging);
    }

    private Directory directory(EntryName name) throws VarveException {
        try {
            Directory directory = root.open(name);
            open.push(directory::close);
            return directory;
        } catch (VarveException e) {
            close();
            throw e;
        }
    }

    Directory staging() {
        return staging;
    }

    /** The files of the catalogue's directory itself. */
    RecordDirectory top() {
        return top;
    }

    RecordDirectory layers() {
        return layers;
    }

    RecordDirectory leases() {
        return leases;
    }

    RecordDirectory images() {
        return images;
    }

    RecordDirectory configs() {
        return configs;
    }

    /** Opens the log of changes for reading. */
    OpenFile readChanges() throws VarveException {
        return keep(root.read(Layout.CHANGES));
    }

    /** Opens the log of changes for writing. */
    OpenFile writeChanges() throws VarveException {
        return keep(root.write(Layout.CHANGES));
    }

    private OpenFile keep(OpenFile file) {
        open.push(file::close);
        return file;
    }

    /** Brings names that a dead process made or removed, and did not sync, onto the disk. */
    void sync() throws VarveException {
        layers.sync();
        leases.sync();
        configs.sync();
        images.sync();
    }

    /** The number that a name in {@code layers} or {@code leases} stands for; empty for a name that is none of ours. */
    static Optional<LayerNumber> number(EntryName name) {
        String text = name.toString();
        if (text.length() > 18 || text.charAt(0) == '0' || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        return Optional.of(new LayerNumber(Long.parseLong(text)));
    }

    static EntryName name(LayerNumber number) {
        return EntryName.of(number.toString());
    }

    /** The digest that a name in {@code images} or {@code configs} stands for; empty for a name that is none of ours. */
    static Optional<Digest> digest(EntryName name) {
        String hex = name.toString();
        try {
            return Optional.of(new Digest(hex.length() == 64 ? "sha256" : "sha512", hex));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static EntryName name(Digest digest) {
        return EntryName.of(digest.hex());
    }

    /** The bytes of a configuration, or empty if there are none. */
    Optional<byte[]> config(Digest digest) throws VarveException {
        Optional<byte[]> bytes = configs.read(name(digest));
        if (bytes.isPresent() && !digestOf(bytes.get(), digest).equals(digest)) {
            throw new BadDataException(configs.labelOf(name(digest)) + " is damaged: its digest is not its name",
                    RecordCodec.DAMAGE_HINT);
        }
        return bytes;
    }

    /** The digest of the bytes by the algorithm of the other. */
    static Digest digestOf(byte[] bytes, Digest like) {
        var computation = Digest.computation(like.algorithm());
        computation.update(bytes);
        return Digest.ofFinished(computation);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private interface AutoCloseableHandle {
        void close();
    }
}
