package dev.varve.app.tree;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.whiteout.OciWhiteout;
import dev.varve.ports.syscall.Directory;

/**
 * The marks of a delta that is about to be filled up to a full tree, which takes them away. They need no privilege and
 * leave a name its full length: a whiteout is a symbolic link whose target no layer can guess, an opaque directory holds
 * a file of the name that no layer can have.
 */
final class StagingMarks implements Marks {
    static final EntryName OPAQUE = EntryName.of(OciWhiteout.OPAQUE);
    private final byte[] target;

    StagingMarks() {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        target = ("varve-whiteout-" + HexFormat.of().formatHex(secret)).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean isWhiteout(Directory parent, EntryName name, FileStat stat) throws VarveException {
        return stat.type() == FileType.SYMLINK && stat.size() == target.length
                && Arrays.equals(parent.readLink(name), target);
    }

    @Override
    public boolean isReserved(EntryName name) {
        return name.equals(OPAQUE);
    }

    @Override
    public void putWhiteout(Directory parent, EntryName name) throws VarveException {
        parent.makeSymlink(name, target);
    }

    @Override
    public boolean isOpaque(Directory directory) throws VarveException {
        return directory.find(OPAQUE).isPresent();
    }

    @Override
    public void setOpaque(Directory directory) throws VarveException {
        if (!isOpaque(directory)) {
            directory.create(OPAQUE, 0600).close();
        }
    }
}
