package dev.varve.adapter.overlay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.whiteout.WhiteoutFormat.XattrNamespace;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * In which namespace the attributes of a store's layers are, written down in the store. overlayfs heeds those of the one
 * that it is mounted for and no others: opaque directories of the other would be transparent, and what was deleted would
 * be back. A store that has no record, but layers, is taken to be of the namespace of its opener.
 */
final class NamespaceRecord {
    static final EntryName NAME = EntryName.of("xattrs");
    private static final int MOST = 16;
    private final DriverContext context;

    NamespaceRecord(DriverContext context) {
        this.context = context;
    }

    Path path() {
        return context.home().resolve(NAME.toString());
    }

    /**
     * Makes the store one of this namespace, if it is of none yet. Of several that do so at once the first one wins. Where
     * nothing can be written now, no record is made: no layer is either.
     *
     * @throws DriverPrerequisitesException if it is one of the other namespace; nothing was changed
     * @throws BadDataException             if the record is not one
     */
    void require(XattrNamespace wanted) throws VarveException {
        Optional<XattrNamespace> found = read();
        if (found.isEmpty() && !write(wanted)) {
            found = read();
        }
        if (found.isPresent() && found.get() != wanted) {
            throw switch (found.get()) {
                case TRUSTED -> refusal(found.get(), "outside of user namespaces only",
                        "open it as root outside of user namespaces, or choose another store (--store)");
                case USER -> refusal(found.get(), "in a user namespace only (userxattr)",
                        "open it in a user namespace (unshare -Urm), or choose another store (--store)");
            };
        }
    }

    private DriverPrerequisitesException refusal(XattrNamespace found, String where, String hint) {
        return new DriverPrerequisitesException("overlay", "what the layers of " + context.home()
                + " hide is marked in attributes " + found.prefix() + "*, which overlayfs heeds " + where, hint);
    }

    /** The namespace, if it was written down. */
    Optional<XattrNamespace> read() throws VarveException {
        try (Directory home = context.syscalls().directory(context.home()); OpenFile file = home.read(NAME)) {
            byte[] bytes = new byte[MOST];
            int length = file.read(0, bytes, 0, MOST);
            String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            for (XattrNamespace namespace : XattrNamespace.values()) {
                if (text.equals(text(namespace))) {
                    return Optional.of(namespace);
                }
            }
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
        throw new BadDataException(path() + " says neither \"trusted\" nor \"user\"",
                "write into it in which namespace the layers have their attributes: trusted if they were made outside of"
                        + " user namespaces, else user");
    }

    private static String text(XattrNamespace namespace) {
        return namespace.name().toLowerCase(Locale.ROOT) + "\n";
    }

    /** Whole or not at all, by a rename that replaces nothing. @return false if another was faster */
    private boolean write(XattrNamespace namespace) throws VarveException {
        byte[] text = text(namespace).getBytes(StandardCharsets.ISO_8859_1);
        try (ProbeArea area = ProbeArea.in(context); Directory home = context.syscalls().directory(context.home())) {
            try (OpenFile file = area.directory().create(NAME, 0600)) {
                file.write(0, text, 0, text.length);
                file.sync();
            }
            area.directory().rename(NAME, home, NAME, false);
            home.sync();
            return true;
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.EEXIST)) {
                return false;
            }
            if (e.errno().equals(Errno.EROFS) || e.errno().equals(Errno.ENOSPC) || e.errno().equals(Errno.EDQUOT)
                    || e.errno().isPermission()) {
                return true;
            }
            throw e;
        }
    }
}
