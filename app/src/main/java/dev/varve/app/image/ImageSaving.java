package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Progress;
import dev.varve.ports.in.Images.Saved;
import dev.varve.ports.in.LayerBlob.Written;
import dev.varve.ports.in.LayerStore;

/** Writes one image of the store to a sink. Each layer is put into a spool first, as a tar names sizes before contents. */
final class ImageSaving {
    private final LayerStore layers;
    private final StagingArea staging;
    private final Progress progress;

    ImageSaving(LayerStore layers, StagingArea staging, Progress progress) {
        this.layers = layers;
        this.staging = staging;
        this.progress = progress;
    }

    Saved save(ImageRecord image, byte[] config, List<String> names, Format format, Compression compression,
            ImageSink sink) throws IOException {
        OciLayoutWriter writer = new OciLayoutWriter(sink);
        List<LayerId> ids = LoadPlan.layerIds(image.diffIds());
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            String what = "layer " + (i + 1) + "/" + ids.size();
            try (Spool spool = new Spool(staging)) {
                Written layer = spool(ids.get(i), image.diffIds().get(i), compression, spool, what);
                try (InputStream content = spool.open(0, layer.size())) {
                    writer.add(layer, new ProgressStream(content, progress, "writing " + what, layer.size()));
                }
                written.add(layer);
            }
        }
        Digest manifest = writer.finish(image.config(), config, names, format);
        return new Saved(image.config(), manifest, names, written);
    }

    private Written spool(LayerId id, DiffId expected, Compression compression, Spool spool, String what)
            throws IOException {
        Written layer;
        try (OutputStream out = new Reporting(spool.output(), what)) {
            layer = layers.diff(id).writeTo(out, compression);
        }
        if (!layer.diffId().equals(expected)) {
            throw new WrongStateException("layer " + id + " cannot be written as the archive that it was applied from:"
                    + " its framing was not kept", "remove the image and load it again");
        }
        return layer;
    }

    /** Tells how much went through. */
    private final class Reporting extends OutputStream {
        private static final long STEP = 1 << 20;
        private final OutputStream out;
        private final String what;
        private long done;
        private long reported;

        Reporting(OutputStream out, String what) {
            this.out = out;
            this.what = what;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int from, int length) throws IOException {
            out.write(buffer, from, length);
            done += length;
            if (done - reported >= STEP) {
                reported = done;
                progress.report("reading " + what, done, 0);
            }
        }

        @Override
        public void close() throws VarveException {
            // the spool is closed by whoever opened it
        }
    }
}
