/**
 * Tar framing that keeps bytes, and compression. Confines commons-compress, and zstd-jni, the only native code here;
 * touches no filesystem.
 */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.archive.tar {
    requires com.github.luben.zstd_jni;
    requires dev.varve.ports;
    requires org.apache.commons.compress;
    requires static org.jspecify;
    requires org.tukaani.xz;

    provides dev.varve.ports.archive.Archives with dev.varve.adapter.archive.tar.TarArchives;
}
