/**
 * Tar framing that keeps bytes, and compression. Confines zstd-jni, the only native code here; touches no filesystem.
 */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.archive.tar {
    requires com.github.luben.zstd_jni;
    requires dev.varve.ports;
    requires static org.jspecify;

    provides dev.varve.ports.archive.Archives with dev.varve.adapter.archive.tar.TarArchives;
}
