package dev.varve.domain.layer;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.digest.DiffId;

/** What the catalogue knows of one layer. Immutable; the labels are in the order of their keys. */
public final class LayerRecord {
    private final LayerNumber number;
    private final LayerId id;
    private final LayerKind kind;
    private final TreeForm form;
    private final @Nullable LayerNumber parent;
    private final Map<String, String> labels;
    private final Instant created;
    private final Instant updated;
    private final @Nullable Usage usage;
    private final @Nullable DiffId diffId;

    private LayerRecord(LayerNumber number, LayerId id, LayerKind kind, TreeForm form, @Nullable LayerNumber parent,
            Map<String, String> labels, Instant created, Instant updated, @Nullable Usage usage,
            @Nullable DiffId diffId) {
        this.number = number;
        this.id = id;
        this.kind = kind;
        this.form = form;
        this.parent = parent;
        this.labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
        this.created = created;
        this.updated = updated;
        this.usage = usage;
        this.diffId = diffId;
    }

    /** A new layer, created and updated now. */
    public static LayerRecord create(LayerNumber number, LayerId id, LayerKind kind, TreeForm form,
            Optional<LayerNumber> parent, Map<String, String> labels, Instant now) {
        return new LayerRecord(number, id, kind, form, parent.orElse(null), labels, now, now, null, null);
    }

    /** A layer as it was read from where a catalogue keeps it. */
    public static LayerRecord restore(LayerNumber number, LayerId id, LayerKind kind, TreeForm form,
            Optional<LayerNumber> parent, Map<String, String> labels, Instant created, Instant updated,
            Optional<Usage> usage, Optional<DiffId> diffId) {
        return new LayerRecord(number, id, kind, form, parent.orElse(null), labels, created, updated,
                usage.orElse(null), diffId.orElse(null));
    }

    /** The same layer with what its content was found to be, for good. */
    public LayerRecord withContent(Usage content, Optional<DiffId> diff) {
        return new LayerRecord(number, id, kind, form, parent, labels, created, updated, content, diff.orElse(null));
    }

    /** The same layer as it was last changed at {@code when}. */
    public LayerRecord updatedAt(Instant when) {
        return new LayerRecord(number, id, kind, form, parent, labels, created, when, usage, diffId);
    }

    public LayerNumber number() {
        return number;
    }

    public LayerId id() {
        return id;
    }

    public LayerKind kind() {
        return kind;
    }

    public TreeForm form() {
        return form;
    }

    /** The layer directly below; empty for a base layer. */
    public Optional<LayerNumber> parent() {
        return Optional.ofNullable(parent);
    }

    public Map<String, String> labels() {
        return labels;
    }

    public Instant created() {
        return created;
    }

    public Instant updated() {
        return updated;
    }

    /** Known for layers whose content does not change any more. */
    public Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    /** The digest of the archive that the layer was filled from. */
    public Optional<DiffId> diffId() {
        return Optional.ofNullable(diffId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerRecord r && number.equals(r.number) && id.equals(r.id) && kind == r.kind
                && form == r.form && parent().equals(r.parent()) && labels.equals(r.labels) && created.equals(r.created)
                && updated.equals(r.updated) && usage().equals(r.usage()) && diffId().equals(r.diffId());
    }

    @Override
    public int hashCode() {
        return number.hashCode();
    }

    @Override
    public String toString() {
        return "layer " + number + " \"" + id + "\" (" + kind + ")";
    }
}
