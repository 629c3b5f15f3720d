package dev.varve.domain.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdMappingTest {
    private static final List<IdRange> TWO = IdMapping.ranges("0:100000:1000,1000:500000:1");

    @Test
    void rangesAreReadAsTheFieldWritesThem() {
        assertThat(TWO).containsExactly(new IdRange(0, 100000, 1000), new IdRange(1000, 500000, 1));
        assertThat(new IdMapping(TWO, TWO)).hasToString("0:100000:1000,1000:500000:1");
        assertThat(new IdMapping(TWO, IdMapping.ranges("0:7:1")))
                .hasToString("users 0:100000:1000,1000:500000:1 groups 0:7:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0:1", "0:1:2:3", "a:1:1", "0:1:0", "-1:0:1", "+0:0:1", "0:0:1,", " 0:0:1",
        "0:0:99999999999", "4294967295:0:1", "0:4294967294:2"})
    void otherTextIsRefused(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> IdMapping.ranges(text));
    }

    @Test
    void theGreatestIdsCanBeMapped() {
        assertThat(IdMapping.ranges("0:0:4294967295")).containsExactly(new IdRange(0, 0, 4294967295L));
        assertThat(IdMapping.ranges("4294967294:4294967294:1")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:100:10,9:200:1", "0:100:10,20:109:5", "0:100:10,0:100:10"})
    void rangesThatOverlapOnEitherSideAreRefused(String text) {
        List<IdRange> ranges = IdMapping.ranges(text);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new IdMapping(ranges, TWO))
                .withMessageContaining("overlap");
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new IdMapping(TWO, ranges));
    }

    @Test
    void rangesThatTouchDoNotOverlap() {
        List<IdRange> ranges = IdMapping.ranges("0:100:10,10:90:10");
        assertThat(new IdMapping(ranges, ranges).users()).hasSize(2);
    }

    @Test
    void noneAndMoreRangesThanTheKernelTakesAreRefused() {
        List<IdRange> many = IntStream.range(0, 341).mapToObj(i -> new IdRange(i, i, 1)).toList();
        assertThat(new IdMapping(many.subList(0, 340), TWO).users()).hasSize(340);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new IdMapping(many, TWO));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new IdMapping(TWO, Collections.emptyList()));
    }

    @Test
    void whatStandsForRootIsKnownWhereverItsRangeIs() {
        IdMapping mapping = new IdMapping(IdMapping.ranges("5:70:1,0:100000:5"), IdMapping.ranges("0:80:2"));
        assertThat(mapping.rootUser()).isEqualTo(100000);
        assertThat(mapping.rootGroup()).isEqualTo(80);
    }

    @Test
    void rootIsMapped() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new IdMapping(IdMapping.ranges("1:5:7"), TWO))
                .withMessageContaining("root");
    }
}
