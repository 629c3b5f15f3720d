package dev.varve.ports.archive;

/** The compressions of OCI layers (image specification, layer.md, media types). */
public enum Compression {
    NONE("application/vnd.oci.image.layer.v1.tar"),
    GZIP("application/vnd.oci.image.layer.v1.tar+gzip"),
    ZSTD("application/vnd.oci.image.layer.v1.tar+zstd");

    private final String mediaType;

    Compression(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The OCI media type of a layer that is compressed so. */
    public String mediaType() {
        return mediaType;
    }
}
