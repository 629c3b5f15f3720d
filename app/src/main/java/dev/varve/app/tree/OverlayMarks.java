package dev.varve.app.tree;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/** overlayfs' marks (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"). */
final class OverlayMarks implements Marks {
    private static final byte[] OPAQUE = {'y'};
    /** Tells the kernel to look for whiteouts that are attributes when it lists the directory. */
    private static final byte[] HAS_XATTR_WHITEOUTS = {'x'};
    private final WhiteoutFormat.Overlay format;
    private final String opaque;
    private final String whiteout;
    private final String redirect;
    private final String metacopy;

    OverlayMarks(WhiteoutFormat.Overlay format) {
        this.format = format;
        this.opaque = format.xattr("opaque");
        this.whiteout = format.xattr("whiteout");
        this.redirect = format.xattr("redirect");
        this.metacopy = format.xattr("metacopy");
    }

    @Override
    public boolean isWhiteout(Directory parent, EntryName name, FileStat stat) throws VarveException {
        return stat.isZeroDevice()
                || stat.type() == FileType.REGULAR && stat.size() == 0 && parent.xattrs(name).has(whiteout);
    }

    @Override
    public boolean isReserved(EntryName name) {
        return false;
    }

    @Override
    public void putWhiteout(Directory parent, EntryName name) throws VarveException {
        switch (format.form()) {
            case DEVICE -> parent.makeNode(name, FileType.CHARACTER_DEVICE, 0, 0, 0);
            case XATTR -> {
                try (OpenFile file = parent.create(name, 0600)) {
                    file.setXattr(whiteout, new byte[0]);
                }
                if (!isOpaque(parent)) {
                    parent.setXattr(opaque, HAS_XATTR_WHITEOUTS);
                }
            }
        }
    }

    @Override
    public boolean isOpaque(Directory directory) throws VarveException {
        return isOpaque(directory.xattrs());
    }

    private boolean isOpaque(Xattrs xattrs) {
        return xattrs.has(opaque) && java.util.Arrays.equals(xattrs.value(opaque), OPAQUE);
    }

    @Override
    public Below below(Directory directory) throws VarveException {
        Xattrs xattrs = directory.xattrs();
        return isOpaque(xattrs) ? Below.HIDDEN : xattrs.has(redirect) ? Below.ELSEWHERE : Below.SHOWN;
    }

    @Override
    public boolean isWithoutContent(Directory parent, EntryName name) throws VarveException {
        return parent.xattrs(name).has(metacopy);
    }

    @Override
    public void setOpaque(Directory directory) throws VarveException {
        directory.setXattr(opaque, OPAQUE);
    }
}
