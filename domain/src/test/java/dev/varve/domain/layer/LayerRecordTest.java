package dev.varve.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;

class LayerRecordTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");
    private static final Instant LATER = NOW.plusNanos(1);
    private static final LayerNumber TWO = new LayerNumber(2);
    private static final LayerId ID = new LayerId("id");
    private static final Optional<LayerNumber> ONE = Optional.of(new LayerNumber(1));
    private static final Optional<DiffId> DIFF = Optional.of(new DiffId(Digest.sha256(new byte[]{1})));
    private static final Usage USAGE = new Usage(1, 2, 3);

    @Test
    void newLayerHasNoContentYet() {
        LayerRecord record = active();
        assertThat(record.usage()).isEmpty();
        assertThat(record.diffId()).isEmpty();
        assertThat(record.created()).isEqualTo(NOW);
        assertThat(record.updated()).isEqualTo(NOW);
        assertThat(record.parent()).isEqualTo(ONE);
        assertThat(record).hasToString("layer 2 \"id\" (ACTIVE)");
    }

    @Test
    void labelsAreACopyInOrder() {
        Map<String, String> labels = new HashMap<>(Map.of("b", "2", "a", "1"));
        LayerRecord record = LayerRecord.create(TWO, ID, LayerKind.ACTIVE, TreeForm.DELTA, ONE, labels, NOW);
        labels.clear();
        assertThat(record.labels().keySet()).containsExactly("a", "b");
        assertThatThrownBy(() -> record.labels().put("c", "3")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void restoredLayerEqualsTheOneThatWasKept() {
        LayerRecord kept = active().withContent(USAGE, DIFF).updatedAt(LATER);
        LayerRecord restored = LayerRecord.restore(TWO, ID, LayerKind.ACTIVE, TreeForm.DELTA, ONE, Map.of("k", "v"),
                NOW, LATER, Optional.of(USAGE), DIFF);
        assertThat(restored).isEqualTo(kept).hasSameHashCodeAs(kept);
    }

    @Test
    void everyPartCountsForEquality() {
        LayerRecord full = restored(TWO, ID, LayerKind.COMMITTED, ONE, Map.of("k", "v"), NOW, LATER);
        assertThat(List.of(restored(new LayerNumber(3), ID, LayerKind.COMMITTED, ONE, Map.of("k", "v"), NOW, LATER),
                restored(TWO, new LayerId("x"), LayerKind.COMMITTED, ONE, Map.of("k", "v"), NOW, LATER),
                restored(TWO, ID, LayerKind.VIEW, ONE, Map.of("k", "v"), NOW, LATER),
                restored(TWO, ID, LayerKind.COMMITTED, Optional.empty(), Map.of("k", "v"), NOW, LATER),
                restored(TWO, ID, LayerKind.COMMITTED, ONE, Map.of("k", "w"), NOW, LATER),
                restored(TWO, ID, LayerKind.COMMITTED, ONE, Map.of("k", "v"), LATER, LATER),
                restored(TWO, ID, LayerKind.COMMITTED, ONE, Map.of("k", "v"), NOW, NOW),
                LayerRecord.restore(TWO, ID, LayerKind.COMMITTED, TreeForm.FULL, ONE, Map.of("k", "v"), NOW, LATER,
                        Optional.of(USAGE), DIFF),
                full.withContent(Usage.NONE, DIFF), full.withContent(USAGE, Optional.empty()))).doesNotContain(full);
    }

    @Test
    void changesAreNewRecords() {
        LayerRecord record = active();
        LayerRecord changed = record.updatedAt(LATER);
        assertThat(record.updated()).isEqualTo(NOW);
        assertThat(changed.updated()).isEqualTo(LATER);
        assertThat(changed.created()).isEqualTo(NOW);
        assertThat(record.withContent(USAGE, DIFF).updated()).isEqualTo(NOW);
    }

    @Test
    void chainIsReadInEitherOrder() {
        List<Integer> given = new ArrayList<>(List.of(3, 2, 1));
        ParentChain<Integer> chain = ParentChain.ofNearestFirst(given);
        given.clear();
        assertThat(chain.nearestFirst()).containsExactly(3, 2, 1);
        assertThat(chain.baseFirst()).containsExactly(1, 2, 3);
        assertThat(chain.depth()).isEqualTo(3);
        assertThat(chain.map(n -> "n" + n).nearestFirst()).containsExactly("n3", "n2", "n1");
        assertThat(chain.isEmpty()).isFalse();
        assertThat(ParentChain.ofNearestFirst(List.of()).isEmpty()).isTrue();
    }

    @Test
    void namesOfAnImageAreSortedAndDistinct() {
        List<String> names = List.of("b:1", "a:1", "b:1");
        ImageRecord image = new ImageRecord(Digest.sha256(new byte[0]), names, List.of(), null, NOW);
        assertThat(image.names()).containsExactly("a:1", "b:1");
        assertThat(image.topLayer()).isEmpty();
        assertThat(image.withNames(List.of("c")).names()).containsExactly("c");
    }

    private static LayerRecord active() {
        return LayerRecord.create(TWO, ID, LayerKind.ACTIVE, TreeForm.DELTA, ONE, Map.of("k", "v"), NOW);
    }

    private static LayerRecord restored(LayerNumber number, LayerId id, LayerKind kind, Optional<LayerNumber> parent,
            Map<String, String> labels, Instant created, Instant updated) {
        return LayerRecord.restore(number, id, kind, TreeForm.DELTA, parent, labels, created, updated,
                Optional.of(USAGE), DIFF);
    }
}
