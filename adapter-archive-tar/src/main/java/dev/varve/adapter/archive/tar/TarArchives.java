package dev.varve.adapter.archive.tar;

import java.io.InputStream;
import java.io.OutputStream;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.ArchiveTap;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.archive.LayerWriter;

/** Tar archives as OCI layers are made of. Stateless. */
public final class TarArchives implements Archives {
    /** For the service loader. */
    public TarArchives() {}

    @Override
    public String name() {
        return "tar";
    }

    @Override
    public LayerReader reader(InputStream tar, ArchiveLimits limits, ArchiveTap tap) {
        return new TarLayerReader(new TarInput(tar, tap), limits);
    }

    @Override
    public LayerWriter writer(OutputStream tar) {
        return new TarLayerWriter(tar);
    }

    @Override
    public Decompressed decompress(InputStream raw) throws VarveException {
        return Compressors.decompress(raw);
    }

    @Override
    public OutputStream compress(OutputStream out, Compression compression) throws VarveException {
        return Compressors.compress(out, compression);
    }
}
