package dev.varve.app.framing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.varve.app.framing.Contents.Moved;
import dev.varve.domain.path.EntryPath;

/** How what was set aside is found. */
class ContentsTest {
    private static final class Counted extends AbstractList<Moved> {
        private final List<Moved> moves;
        private int looks;

        private Counted(List<Moved> moves) {
            this.moves = moves;
        }

        @Override
        public Moved get(int index) {
            looks++;
            return moves.get(index);
        }

        @Override
        public int size() {
            return moves.size();
        }
    }

    @Test
    void theFirstMoveAfterAContentIsFoundWithoutALookAtEach() {
        long seed = 7;
        Random random = new Random(seed);
        for (int size = 0; size < 200; size++) {
            List<Moved> moves = new ArrayList<>();
            long ordinal = random.nextInt(3);
            for (int i = 0; i < size; i++) {
                moves.add(new Moved(EntryPath.of("a"), ordinal, i));
                ordinal += random.nextInt(3); // nothing, one content or two between a move and the next
            }
            for (long after = 0; after <= ordinal + 1; after++) {
                long wanted = after;
                Counted counted = new Counted(moves);
                assertThat(Contents.firstAfter(counted, after)).as("%d moves, after %d, seed %d", size, after, seed)
                        .isEqualTo(moves.stream().filter(m -> m.ordinal() > wanted).findFirst().orElse(null));
                assertThat(counted.looks).isLessThan(10);
            }
        }
    }
}
